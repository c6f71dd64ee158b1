import type { Database } from '@parley/postgres';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { ingest, type IngestOptions } from './ingest/ingest.ts';
import { halt, readMarks, WatermarkMoved } from './watermarks.ts';

const PAGE_ROOMS = 200;
const PAGE_ENTRIES = 500;

type AbsorbOptions = Omit<IngestOptions, 'logId' | 'logIsArchive'>;
type Known = { epoch: number; seq: number };
type Row = { epoch: number; position: number; prev_id: EventId | null; log_id: string; events: RoomEvent[] };

const pageOf = async (db: Kysely<Database>, roomId: RoomId, after: Known): Promise<Row[]> =>
  (await db.selectFrom('log_entries').select(['epoch', 'position', 'prev_id', 'log_id', 'events']).where('room_id', '=', roomId)
    .where('epoch', '>=', after.epoch).where('last_seq', '>', after.seq)
    .orderBy('epoch').orderBy('last_seq').limit(PAGE_ENTRIES).execute()) as Row[];

const absorbRoom = async (db: Kysely<Database>, roomId: RoomId, known: Known, options: AbsorbOptions): Promise<number> => {
  let entries = 0;
  for (let from = known; ;) {
    const page = await pageOf(db, roomId, from);
    const logId = page[0]?.log_id;
    if (logId === undefined) return entries;
    const arrived = page.filter((row) => row.log_id === logId)
      .map(({ epoch, position, prev_id: prevId, events }) => ({ ref: { roomId, epoch }, entry: { position, prevId, events } }));
    try {
      const result = (await ingest(db, arrived, { ...options, logId, logIsArchive: true })).rooms.get(roomId)!;
      entries += result.entries;
      if (result.stopped) await halt(db, roomId, `${result.outcome}: ${result.stopped.reason}`);
      if (result.stopped || !result.after || result.entries === 0) return entries;
      from = { epoch: result.after.epoch, seq: result.after.seq };
    } catch (error) {
      // Another worker is at it too, and was first with this page.
      const mark = error instanceof WatermarkMoved ? (await readMarks(db, [roomId])).get(roomId) : undefined;
      if (!mark) throw error;
      from = { epoch: mark.epoch, seq: mark.seq };
    }
  }
};

/**
 * Takes in what stands in a Postgres log beyond the watermarks: what a standalone acked and was stopped before it could
 * take in. To be done once nobody appends there any more, and before anyone asks the store where a room stands. Answers how many entries.
 */
export const absorbArchive = async (db: Kysely<Database>, options: AbsorbOptions): Promise<number> => {
  let entries = 0;
  for (let after = ''; ;) {
    const { rows } = await sql<{ room_id: RoomId; epoch: number; seq: number }>`
      select distinct on (h.room_id) h.room_id, coalesce(w.epoch, 0)::bigint as epoch, coalesce(w.seq, 0)::bigint as seq
      from log_heads h left join watermarks w using (room_id)
      where h.room_id > ${after} and (w.room_id is null or (h.epoch, h.position) > (w.epoch, w.seq)) and w.halted is null
      order by h.room_id limit ${PAGE_ROOMS}`.execute(db);
    for (const { room_id: roomId, epoch, seq } of rows) entries += await absorbRoom(db, roomId, { epoch, seq }, options);
    const last = rows.at(-1);
    if (!last) return entries;
    after = last.room_id;
  }
};
