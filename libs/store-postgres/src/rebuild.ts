import { evolve, type DeadLetters, type RoomState } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import type { Kysely } from 'kysely';
import { archivedEvents } from './archived.ts';
import { project } from './project/apply.ts';
import { PROJECTIONS, type Projection } from './project/projection.ts';
import { lockMarks } from './watermarks.ts';

export type RebuildOptions = { deadLetters: Pick<DeadLetters, 'put'>; projections?: readonly Projection[]; now?: () => number };

const PAGE_EVENTS = 1_000;
const PAGE_BYTES = 4 * 1024 * 1024;
const PAGE_ROOMS = 500;

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

/** One transaction, with the room's watermark locked: whoever reads sees the old rows or the new, and nothing is taken in meanwhile. False: no such room. */
export const rebuildRoom = (db: Kysely<Database>, roomId: RoomId, options: RebuildOptions): Promise<boolean> =>
  withTransaction(db, async (trx) => {
    const mark = (await lockMarks(trx, [roomId])).get(roomId);
    if (!mark) return false;
    for (const table of ['messages', 'members', 'rooms'] as const) await trx.deleteFrom(table).where('room_id', '=', roomId).execute();
    let state: RoomState | null = null;
    for await (const { events } of archivedEvents(trx, roomId, { epoch: mark.epoch, after: 0, upTo: mark.seq, pageEvents: PAGE_EVENTS, pageBytes: PAGE_BYTES })) {
      for (const event of events) state = evolve(state, event);
      await project(trx, events, new Map(state ? [[roomId, state]] : []), {
        projections: options.projections ?? PROJECTIONS, putLetter: (letter) => options.deadLetters.put(letter), now: options.now ?? Date.now,
      });
    }
    return true;
  });

/** Makes the projections anew from the archive, of one room or of all, one after the other. Answers how many rooms. */
export const rebuildProjections = async (db: Kysely<Database>, options: RebuildOptions, only?: RoomId): Promise<number> => {
  if (only !== undefined) {
    return Number(await rebuildRoom(db, only, options));
  }
  let rebuilt = 0;
  for await (const roomId of storedRooms(db)) {
    await rebuildRoom(db, roomId, options);
    rebuilt += 1;
  }
  return rebuilt;
};
