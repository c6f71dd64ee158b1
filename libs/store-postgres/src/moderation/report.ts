import { newCaseId, newReportId, type NewReport } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { CaseId, ReportId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Known = { id: ReportId; case_id: CaseId };
type Filed = { reportId: ReportId; caseId: CaseId; isNew: boolean };

/** The case's row is locked from the first statement on: who decides it meanwhile, or reports the same, comes before or after. */
export const report = (db: Kysely<Database>, { roomId, messageId, userId, by, category, remark, at, cmid }: NewReport): Promise<Filed> =>
  withTransaction(db, async (trx) => {
    if (cmid !== undefined) {
      const { rows: [again] } = await sql<Known>`select id, case_id from reports where coalesce(by, '') = ${by ?? ''} and cmid = ${cmid}`.execute(trx);
      if (again) return { reportId: again.id, caseId: again.case_id, isNew: false };
    }
    const { rows: [found] } = await sql<{ id: CaseId }>`
      insert into cases (id, room_id, message_id, user_id, opened_at, last_report_at, reports, categories)
      values (${newCaseId(at)}, ${roomId}, ${messageId}, ${userId}, ${at}, ${at}, 0, '{}')
      on conflict (room_id, user_id, coalesce(message_id, '')) where decided_at is null do update set reports = cases.reports
      returning id`.execute(trx);
    const caseId = found!.id;
    const { rows: [fresh] } = await sql<{ id: ReportId }>`
      insert into reports (id, case_id, by, cmid, category, remark, at) values (${newReportId(at)}, ${caseId}, ${by}, ${cmid ?? null}, ${category}, ${remark}, ${at})
      on conflict do nothing returning id`.execute(trx);
    if (!fresh) {
      // The same cmid at the same moment, of something else.
      await sql`delete from cases where id = ${caseId} and reports = 0`.execute(trx);
      const { rows: [same] } = await sql<Known>`
        select id, case_id from reports where case_id = ${caseId} and coalesce(by, '') = ${by ?? ''}
        union all select id, case_id from reports where coalesce(by, '') = ${by ?? ''} and cmid = ${cmid ?? null} limit 1`.execute(trx);
      return { reportId: same!.id, caseId: same!.case_id, isNew: false };
    }
    await sql`
      update cases set reports = reports + 1, last_report_at = greatest(last_report_at, ${at}),
        categories = case when ${category} = any (categories) then categories else categories || ${category}::text end
      where id = ${caseId}`.execute(trx);
    return { reportId: fresh.id, caseId, isNew: true };
  });
