import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { recordLost } from './lost-events.ts';

/** Of a room that somebody found broken, until whoever owns its shard has looked at it. */
export const SUSPECTED = 'suspected: its log does not go on from here';

const notArchived = async (db: Kysely<Database>, roomId: RoomId, events: readonly RoomEvent[]): Promise<RoomEvent[]> => {
  const { rows } = await sql<{ id: string }>`
    select seen.id from unnest(${events.map(({ seq }) => seq)}::bigint[], ${events.map(({ id }) => id)}::text[]) as seen (seq, id)
    where not exists (
      select 1 from log_entries e, json_array_elements(e.events) event
      where e.room_id = ${roomId} and e.first_seq <= seen.seq and e.last_seq >= seen.seq and event->>'id' = seen.id)`.execute(db);
  const missing = new Set(rows.map(({ id }) => id));
  return events.filter(({ id }) => missing.has(id));
};

export const reportBroken = async (db: Kysely<Database>, roomId: RoomId, lost: readonly RoomEvent[]): Promise<void> => {
  const own = lost.filter((event) => event.roomId === roomId);
  if (own.length > 0) return recordLost(db, await notArchived(db, roomId, own), 'seen in the log, which has it no more');
  await db.updateTable('watermarks').set({ halted: SUSPECTED }).where('room_id', '=', roomId).where('halted', 'is', null).execute();
};

/** Whoever looks at it from now on finds out what is so. */
export const takeSuspicion = async (db: Kysely<Database>, roomId: RoomId): Promise<void> => {
  await db.updateTable('watermarks').set({ halted: null }).where('room_id', '=', roomId).where('halted', '=', SUSPECTED).execute();
};
