import type { Database } from '@parley/postgres';
import type { CaseDecision, CaseId, CaseStatus, CaseView, EventId, ReportCategory, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';

export type CaseRow = {
  id: CaseId; room_id: RoomId; room_name: string | null; message_id: EventId | null; user_id: UserId; user_name: string | null; opened_at: number; last_report_at: number;
  reports: number; categories: ReportCategory[]; claimed_by: UserId | null; claimed_until: number | null; decision: CaseDecision | null; decided_by: UserId | null; decided_at: number | null;
};

/** As of `at`: a claim that has run out is none. */
export const caseView = (row: CaseRow, at: number): CaseView => {
  const isClaimed = row.decided_at === null && row.claimed_until !== null && row.claimed_until > at;
  return {
    id: row.id, roomId: row.room_id, roomName: row.room_name ?? '', messageId: row.message_id, userId: row.user_id, userName: row.user_name ?? '',
    status: row.decided_at !== null ? 'closed' : isClaimed ? 'claimed' : 'open',
    reports: row.reports, categories: row.categories, openedAt: row.opened_at, lastReportAt: row.last_report_at,
    claimedBy: isClaimed ? row.claimed_by : null, claimedUntil: isClaimed ? row.claimed_until : null,
    decision: row.decision, decidedBy: row.decided_by, decidedAt: row.decided_at,
  };
};

export const hasStatus = (status: CaseStatus, at: number): RawBuilder<unknown> => {
  if (status === 'closed') return sql`c.decided_at is not null`;
  return status === 'claimed' ? sql`c.decided_at is null and c.claimed_until > ${at}` : sql`c.decided_at is null and (c.claimed_until is null or c.claimed_until <= ${at})`;
};

/** Rows of cases `c`, with the names that go with them. */
export const selectCases = (rest: RawBuilder<unknown>): RawBuilder<CaseRow> => sql<CaseRow>`
  select c.*, r.name as room_name, u.name as user_name from cases c left join rooms r on r.room_id = c.room_id left join users u on u.id = c.user_id ${rest}`;

export const caseOf = async (db: Kysely<Database>, caseId: CaseId, at: number): Promise<CaseView | null> => {
  const { rows } = await selectCases(sql`where c.id = ${caseId}`).execute(db);
  return rows[0] ? caseView(rows[0], at) : null;
};
