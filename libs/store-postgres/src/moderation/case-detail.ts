import { CASE_REPORTS, type CaseDetail } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { CaseId, Report } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { cutByBytes } from '../bounds.ts';
import { caseOf } from './case-view.ts';
import { contextOf } from './context.ts';

const REPORTS_BYTES = 192 * 1024;

const reportsOf = async (db: Kysely<Database>, caseId: CaseId): Promise<Report[]> => {
  const { rows } = await sql<Report>`
    select reports.id, by, coalesce(name, '') as "byName", category, remark, at from reports left join users on users.id = by
    where case_id = ${caseId} order by reports.id limit ${CASE_REPORTS}`.execute(db);
  return cutByBytes(rows, REPORTS_BYTES);
};

export const caseDetail = (db: Kysely<Database>, caseId: CaseId, at: number): Promise<CaseDetail | null> =>
  withTransaction(db, async (trx) => {
    const found = await caseOf(trx, caseId, at);
    return found && { case: found, reports: await reportsOf(trx, caseId), context: await contextOf(trx, found) };
  }, { isolation: 'repeatable read', readOnly: true });
