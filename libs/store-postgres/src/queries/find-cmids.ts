import { cmidKey, type CmidKey, type CmidRecord } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Cmid, EventId, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** In place of a user, in the table of commands: it has no row without. */
export const SYSTEM = '';

export const findCmids = async (db: Kysely<Database>, roomId: RoomId, keys: readonly CmidKey[]): Promise<Map<string, CmidRecord>> => {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<{ by: UserId | ''; cmid: Cmid; epoch: number; seq: number; id: EventId }>`
    select by, cmid, epoch, seq, id from cmids
    join unnest(${keys.map((key) => key.by ?? SYSTEM)}::text[], ${keys.map((key) => key.cmid)}::text[]) as asked (by, cmid) using (by, cmid)
    where room_id = ${roomId}`.execute(db);
  return new Map(rows.map(({ by, cmid, epoch, seq, id }) => [cmidKey(by === SYSTEM ? null : by, cmid), { epoch, seq, id }]));
};
