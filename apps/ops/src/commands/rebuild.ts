import type { DeadLetter } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { rebuildRoom, storedRooms } from '@parley/store-postgres';
import { command, type Command } from '../command.ts';
import { EXIT, OpsError, type ExitCode } from '../exit-codes.ts';
import { counted } from '../output/words.ts';
import { roomIdOf } from './room-id-of.ts';

/** What cannot be projected becomes a letter, as with a worker. */
const rebuildOne = async ({ target, out }: Parameters<Command['run']>[1], roomId: RoomId): Promise<boolean> => {
  const letters: DeadLetter[] = [];
  const { db } = await target.database();
  const started = performance.now();
  const deadLetters = await target.deadLetters();
  const found = await rebuildRoom(db, roomId, { deadLetters: { put: async (letter) => {
    await deadLetters.put(letter);
    letters.push(letter);
  } } });
  if (!found) throw new OpsError(EXIT.notFound, `there is no room ${roomId}`);
  const ms = Math.round(performance.now() - started);
  out.item({ roomId, rebuilt: true, ms, deadLetters: letters.map(({ id }) => id) }, `${roomId}  rebuilt in ${ms} ms${letters.length > 0 ? `, ${counted(letters.length, 'event')} could not be projected: see dead-letters list` : ''}`);
  return letters.length === 0;
};

export const rebuild = command({
  name: 'rebuild',
  summary: 'Makes the projections of a room, or of all, anew from the archive.',
  operands: '[ROOM]',
  options: { all: { type: 'boolean', meaning: 'all rooms' } },
  details: [
    '', 'May run while workers do: the rows are made beside the old ones, then what differs is put in their place in one transaction. Readers',
    'see the old rows or the new ones; only during that last step the room’s worker waits.',
  ],
  run: async ({ positionals, values: { all = false } }, context) => {
    if (all === positionals.length > 0) throw new OpsError(EXIT.usage, 'one room, or --all');
    if (!all) return (await rebuildOne(context, roomIdOf(positionals))) ? EXIT.ok : EXIT.findings;
    let [rooms, code]: [number, ExitCode] = [0, EXIT.ok];
    for await (const roomId of storedRooms((await context.target.database()).db)) {
      if (!(await rebuildOne(context, roomId))) code = EXIT.findings;
      rooms += 1;
    }
    context.out.note(`${counted(rooms, 'room')} rebuilt`);
    return code;
  },
});
