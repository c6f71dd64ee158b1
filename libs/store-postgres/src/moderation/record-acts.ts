import type { Database } from '@parley/postgres';
import type { AuditEntry } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** Adds lines to the audit log, in the transaction of what they tell of. One with an `id` that is there already changes nothing. */
export const recordActs = async (trx: Kysely<Database>, acts: readonly AuditEntry[]): Promise<void> => {
  if (acts.length === 0) return;
  await sql`
    insert into audit (id, at, act, by, room_id, user_id, message_id, reason, detail, until)
    select * from unnest(${acts.map((act) => act.id)}::text[], ${acts.map((act) => act.at)}::bigint[], ${acts.map((act) => act.act)}::text[], ${acts.map((act) => act.by)}::text[],
      ${acts.map((act) => act.roomId)}::text[], ${acts.map((act) => act.userId)}::text[], ${acts.map((act) => act.messageId)}::text[], ${acts.map((act) => act.reason)}::text[],
      ${acts.map((act) => act.detail)}::text[], ${acts.map((act) => act.until)}::bigint[])
    on conflict (id) do nothing`.execute(trx);
};
