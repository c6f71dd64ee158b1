import type { LogEntry } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { ingest, type IngestOptions } from './ingest/ingest.ts';
import { halt } from './watermarks.ts';

const PAGE_ROOMS = 200;
const PAGE_ENTRIES = 500;

type Row = { epoch: number; position: number; prev_id: EventId | null; log_id: string; events: RoomEvent[] };

const pageOf = async (db: Kysely<Database>, roomId: RoomId, after: { epoch: number; seq: number }): Promise<Row[]> =>
  (await db.selectFrom('log_entries').select(['epoch', 'position', 'prev_id', 'log_id', 'events']).where('room_id', '=', roomId)
    .where('epoch', '>=', after.epoch).where('last_seq', '>', after.seq)
    .orderBy('epoch').orderBy('last_seq').limit(PAGE_ENTRIES).execute()) as Row[];

/**
 * Takes in what stands in a Postgres log beyond the watermarks: what a standalone acked and was stopped before it could
 * take in. To be done once nobody appends there any more, and before anyone asks the store where a room stands. Answers how many entries.
 */
export const absorbArchive = async (db: Kysely<Database>, options: Omit<IngestOptions, 'logId' | 'logIsArchive'>): Promise<number> => {
  let entries = 0;
  for (let after = ''; ;) {
    const { rows } = await sql<{ room_id: RoomId; epoch: number; seq: number }>`
      select distinct on (h.room_id) h.room_id, coalesce(w.epoch, 0)::bigint as epoch, coalesce(w.seq, 0)::bigint as seq
      from log_heads h left join watermarks w using (room_id)
      where h.room_id > ${after} and (w.room_id is null or (h.epoch, h.position) > (w.epoch, w.seq)) and w.halted is null
      order by h.room_id limit ${PAGE_ROOMS}`.execute(db);
    for (const { room_id: roomId, epoch, seq } of rows) {
      let from = { epoch, seq };
      for (;;) {
        const page = await pageOf(db, roomId, from);
        const logId = page[0]?.log_id;
        if (logId === undefined) break;
        const own = page.filter((row) => row.log_id === logId);
        const arrived = own.map(({ epoch: of, position, prev_id: prevId, events }) => ({ ref: { roomId, epoch: of }, entry: { position, prevId, events } satisfies LogEntry }));
        const { rooms } = await ingest(db, arrived, { ...options, logId, logIsArchive: true });
        const result = rooms.get(roomId)!;
        entries += result.entries;
        if (result.stopped) await halt(db, roomId, `${result.outcome}: ${result.stopped.reason}`);
        if (result.stopped || !result.after || result.entries === 0) break;
        from = { epoch: result.after.epoch, seq: result.after.seq };
      }
    }
    const last = rows.at(-1);
    if (!last) return entries;
    after = last.room_id;
  }
};
