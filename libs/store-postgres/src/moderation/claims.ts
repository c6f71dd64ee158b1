import { withTransaction, type Database } from '@parley/postgres';
import { LIMITS, type CaseDecision, type CaseId, type CaseView, type UserId } from '@parley/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { caseOf } from './case-view.ts';
import { recordActs } from './record-acts.ts';

/** One statement: of many at once, Postgres lets one after the other see the row as the one before left it. */
const change = async (db: Kysely<Database>, caseId: CaseId, set: RawBuilder<unknown>, where: RawBuilder<unknown>): Promise<boolean> => {
  const { numAffectedRows } = await sql`update cases set ${set} where id = ${caseId} and decided_at is null and ${where}`.execute(db);
  return numAffectedRows === 1n;
};

export const claim = async (db: Kysely<Database>, caseId: CaseId, by: UserId, at: number): Promise<CaseView | 'claimed' | 'closed' | null> => {
  const done = await change(db, caseId, sql`claimed_by = ${by}, claimed_until = ${at + LIMITS.claimMs}`, sql`(claimed_by = ${by} or claimed_until is null or claimed_until <= ${at})`);
  const found = await caseOf(db, caseId, at);
  if (!found || (done && found.status !== 'closed')) return found;
  return found.status === 'closed' ? 'closed' : 'claimed';
};

export const release = async (db: Kysely<Database>, caseId: CaseId, by: UserId, at: number): Promise<CaseView | 'claimed' | 'closed' | null> => {
  await change(db, caseId, sql`claimed_by = null, claimed_until = null`, sql`claimed_by = ${by}`);
  const found = await caseOf(db, caseId, at);
  if (!found || found.status === 'open') return found;
  return found.status;
};

export const decide = (
  db: Kysely<Database>, caseId: CaseId, decision: CaseDecision, by: UserId, at: number, remark: string,
): Promise<CaseView | 'claimed' | 'unclaimed' | 'closed' | null> =>
  withTransaction(db, async (trx) => {
    const done = await change(trx, caseId, sql`decision = ${decision}, decided_by = ${by}, decided_at = ${at}, remark = ${remark}, claimed_by = null, claimed_until = null`,
      sql`claimed_by = ${by} and claimed_until > ${at}`);
    const found = await caseOf(trx, caseId, at);
    if (!found) return null;
    if (!done) {
      if (found.status !== 'closed') return found.status === 'claimed' ? 'claimed' : 'unclaimed';
      return found.decidedBy === by && found.decision === decision ? found : 'closed';
    }
    const { roomId, userId, messageId } = found;
    await recordActs(trx, [{ id: `case.${caseId}`, at, act: 'case.closed', by, roomId, userId, messageId, reason: remark, detail: `decision=${decision}`, until: null }]);
    return found;
  });
