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

/** One transaction, with the room's watermark locked: whoever reads sees the old rows or the new, and nothing is taken in meanwhile. */
const rebuildRoom = (db: Kysely<Database>, roomId: RoomId, options: RebuildOptions): Promise<void> =>
  withTransaction(db, async (trx) => {
    const mark = (await lockMarks(trx, [roomId])).get(roomId);
    if (!mark) return;
    for (const table of ['messages', 'members', 'rooms'] as const) await trx.deleteFrom(table).where('room_id', '=', roomId).execute();
    let state: RoomState | null = null;
    for await (const { events } of archivedEvents(trx, roomId, { epoch: mark.epoch, after: 0, upTo: mark.seq, pageEvents: PAGE_EVENTS, pageBytes: PAGE_BYTES })) {
      for (const event of events) state = evolve(state, event);
      await project(trx, events, new Map(state ? [[roomId, state]] : []), {
        projections: options.projections ?? PROJECTIONS, putLetter: (letter) => options.deadLetters.put(letter), now: options.now ?? Date.now,
      });
    }
  });

/** Makes the projections anew from the archive, of one room or of all, one after the other. Answers how many rooms. */
export const rebuildProjections = async (db: Kysely<Database>, options: RebuildOptions, only?: RoomId): Promise<number> => {
  if (only !== undefined) {
    await rebuildRoom(db, only, options);
    return 1;
  }
  let rebuilt = 0;
  for (let after = ''; ;) {
    const rooms = await db.selectFrom('watermarks').select('room_id').where('room_id', '>', after).orderBy('room_id').limit(PAGE_ROOMS).execute();
    for (const { room_id } of rooms) await rebuildRoom(db, room_id as RoomId, options);
    rebuilt += rooms.length;
    const last = rooms.at(-1);
    if (!last) return rebuilt;
    after = last.room_id;
  }
};
