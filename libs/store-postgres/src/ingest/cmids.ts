import { cmidKey } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomEvent } from '@parley/protocol';
import { SYSTEM } from '../queries/find-cmids.ts';
import { sql, type Kysely } from 'kysely';

/** First wins, also within `events`. */
export const insertCmids = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const firsts = new Map<string, RoomEvent>();
  for (const event of events) {
    if (event.cmid === null) continue;
    const key = `${event.roomId}:${cmidKey(event.by, event.cmid)}`;
    if (!firsts.has(key)) firsts.set(key, event);
  }
  const rows = [...firsts.values()];
  if (rows.length === 0) return;
  await sql`
    insert into cmids (room_id, by, cmid, epoch, seq, id)
    select * from unnest(${rows.map((row) => row.roomId)}::text[], ${rows.map((row) => row.by ?? SYSTEM)}::text[], ${rows.map((row) => row.cmid)}::text[],
      ${rows.map((row) => row.epoch)}::bigint[], ${rows.map((row) => row.seq)}::bigint[], ${rows.map((row) => row.id)}::text[])
    on conflict do nothing`.execute(trx);
};
