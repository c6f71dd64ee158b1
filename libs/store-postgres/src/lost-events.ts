import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** Keeps events that are in no surviving history, for people to look at. Idempotent. A seal says nothing that could be lost. */
export const recordLost = async (db: Kysely<Database>, events: readonly RoomEvent[], reason: string): Promise<void> => {
  const lost = events.filter((event) => event.type !== 'epoch.sealed' && event.type !== 'epoch.opened');
  if (lost.length === 0) return;
  await sql`
    insert into lost_events (room_id, epoch, seq, id, event, reason)
    select room_id, epoch, seq, id, event::jsonb, ${reason}
    from unnest(${lost.map((event) => event.roomId)}::text[], ${lost.map((event) => event.epoch)}::bigint[], ${lost.map((event) => event.seq)}::bigint[],
      ${lost.map((event) => event.id)}::text[], ${lost.map((event) => JSON.stringify(event))}::text[]) as lost (room_id, epoch, seq, id, event)
    on conflict do nothing`.execute(db);
};

/** Oldest first. */
export const listLost = async (db: Kysely<Database>, roomId: RoomId): Promise<{ event: RoomEvent; reason: string }[]> => {
  const rows = await db.selectFrom('lost_events').select(['event', 'reason']).where('room_id', '=', roomId).orderBy('epoch').orderBy('seq').execute();
  return rows.map((row) => ({ event: row.event as RoomEvent, reason: row.reason }));
};
