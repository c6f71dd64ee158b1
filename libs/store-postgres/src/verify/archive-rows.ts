import type { Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

export type ArchiveRow = { epoch: number; first_seq: number; last_seq: number; position: number; log_id: string; prev_id: EventId | null; events: RoomEvent[] };

const PAGE_ROWS = 1_000;
const PAGE_BYTES = 4 * 1024 * 1024;

/** Every entry that the archive has of a room, surviving or not, by epoch and place, in pages of about 4 MiB. */
export async function* archiveRows(db: Kysely<Database>, roomId: RoomId): AsyncGenerator<ArchiveRow[]> {
  let [epoch, lastSeq, position] = [0, 0, 0];
  for (;;) {
    const { rows } = await sql<ArchiveRow>`
      select epoch, first_seq, last_seq, position, log_id, prev_id, events from (
        select *, sum(octet_length(events::text)) over (order by epoch, last_seq, position) - octet_length(events::text) as before
        from (
          select * from log_entries where room_id = ${roomId} and (epoch, last_seq, position) > (${epoch}, ${lastSeq}, ${position})
          order by epoch, last_seq, position limit ${PAGE_ROWS}
        ) as nearest
      ) as weighed
      where before < ${PAGE_BYTES} order by epoch, last_seq, position`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    ({ epoch, last_seq: lastSeq, position } = last);
  }
}
