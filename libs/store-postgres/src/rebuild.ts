import { evolve, type DeadLetters, type RoomState, type Watermark } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { archivedEvents } from './archived.ts';
import { project } from './project/apply.ts';
import { PROJECTIONS, type Projection } from './project/projection.ts';
import { lockMarks, readMarks } from './watermarks.ts';

export type RebuildOptions = { deadLetters: Pick<DeadLetters, 'put'>; projections?: readonly Projection[]; now?: () => number };

const PAGE_EVENTS = 1_000;
const PAGE_BYTES = 4 * 1024 * 1024;
const PAGE_ROOMS = 500;
/** What may be left to project once the room's worker has to wait. */
const LAST_EVENTS = 1_000;

/** And what tells the rows of one room apart. */
const TABLES = { messages: ['seq'], members: ['user_id'], rooms: ['room_id'], room_sanctions: ['user_id', 'kind'], last_said: ['user_id'] } as const;
type Table = keyof typeof TABLES;
const tables = Object.keys(TABLES) as Table[];
/** Folded so far. */
type Progress = { seq: number; state: RoomState | null };

/** Of all rooms that something was taken in of, ascending. */
export async function* storedRooms(db: Kysely<Database>): AsyncGenerator<RoomId> {
  for (let after = ''; ;) {
    const rooms = await db.selectFrom('watermarks').select('room_id').where('room_id', '>', after).orderBy('room_id').limit(PAGE_ROOMS).execute();
    for (const { room_id } of rooms) yield room_id as RoomId;
    const last = rooms.at(-1);
    if (!last) return;
    after = last.room_id;
  }
}

/**
 * The rows are made in temporary tables, which on their own connection stand before the real ones of the same names; then what
 * differs is put in place in one transaction with the watermark locked. Whoever reads sees the old rows or the new, and nothing is
 * taken in during that last step alone. False: no such room.
 */
export const rebuildRoom = (db: Kysely<Database>, roomId: RoomId, options: RebuildOptions): Promise<boolean> =>
  db.connection().execute(async (session) => {
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(session);
    const real = (table: Table) => sql.id(rows[0]!.schema, table);
    try {
      for (const table of tables) await sql`create temp table ${sql.id(table)} (like ${real(table)} including all)`.execute(session);
      let progress: Progress = { seq: 0, state: null };
      for (;;) {
        const mark = (await readMarks(session, [roomId])).get(roomId);
        if (!mark) return false;
        if (mark.seq - progress.seq <= LAST_EVENTS) break;
        for await (const events of pagesOf(session, mark, progress.seq)) {
          const before = progress;
          progress = await withTransaction(session, (trx) => fold(trx, before, events, options));
        }
      }
      for (const table of tables) await sql`analyze ${sql.id(table)}`.execute(session);
      return await withTransaction(session, async (trx) => {
        const mark = (await lockMarks(trx, [roomId])).get(roomId);
        if (!mark) return false;
        let last = progress;
        for await (const events of pagesOf(trx, mark, last.seq)) last = await fold(trx, last, events, options);
        for (const table of tables) await putInPlace(trx, roomId, { fresh: sql.id(table), real: real(table), isSame: sameKey(TABLES[table]) });
        return true;
      });
    } finally {
      // The connection goes back to others, who mean the real tables.
      await sql`discard temp`.execute(session);
    }
  });

type Tables = { fresh: RawBuilder<unknown>; real: RawBuilder<unknown>; isSame: RawBuilder<unknown> };

const sameKey = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map((column) => sql`new.${sql.id(column)} = old.${sql.id(column)}`), sql` and `);

/** Writes only what is not the same. */
const putInPlace = async (trx: Kysely<Database>, roomId: RoomId, { fresh, real, isSame }: Tables): Promise<void> => {
  await sql`delete from ${real} as old where room_id = ${roomId} and not exists (select from ${fresh} as new where ${isSame} and new = old)`.execute(trx);
  await sql`insert into ${real} select * from ${fresh} as new where not exists (select from ${real} as old where old.room_id = ${roomId} and ${isSame})`.execute(trx);
};

async function* pagesOf(db: Kysely<Database>, mark: Watermark, after: number): AsyncGenerator<RoomEvent[]> {
  const query = { epoch: mark.epoch, after, upTo: mark.seq, pageEvents: PAGE_EVENTS, pageBytes: PAGE_BYTES };
  for await (const { events } of archivedEvents(db, mark.state.roomId, query)) yield events;
}

const fold = async (trx: Kysely<Database>, { seq, state }: Progress, events: readonly RoomEvent[], { deadLetters, projections = PROJECTIONS, now = Date.now }: RebuildOptions): Promise<Progress> => {
  const next = events.reduce<RoomState | null>(evolve, state);
  await project(trx, events, new Map(next ? [[next.roomId, next]] : []), { projections, putLetter: (letter) => deadLetters.put(letter), now });
  return { seq: events.at(-1)?.seq ?? seq, state: next };
};

/** Makes the projections anew from the archive, of one room or of all, one after the other. Answers how many rooms. */
export const rebuildProjections = async (db: Kysely<Database>, options: RebuildOptions, only?: RoomId): Promise<number> => {
  if (only !== undefined) return Number(await rebuildRoom(db, only, options));
  let rebuilt = 0;
  for await (const roomId of storedRooms(db)) {
    await rebuildRoom(db, roomId, options);
    rebuilt += 1;
  }
  return rebuilt;
};
