import type { DeadLetters, RoomState } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import type { Kysely } from 'kysely';
import { hasArchived } from '../archived.ts';
import { recordLost } from '../lost-events.ts';
import { project } from '../project/apply.ts';
import { PROJECTIONS, type Projection } from '../project/projection.ts';
import { lockMarks, writeMarks } from '../watermarks.ts';
import { insertCmids } from './cmids.ts';
import { chainOf, lastIdOf, mayBeKnown, type Chain } from './chain.ts';
import { insertEntries } from './entries.ts';
import type { ArrivedEntry, Mark, RoomResult } from './result.ts';

export type IngestOptions = {
  /** The log the entries were read from. */
  logId: string;
  deadLetters: Pick<DeadLetters, 'put'>;
  /** The log is the archive: its entries need not be written a second time. Default false. */
  logIsArchive?: boolean;
  projections?: readonly Projection[];
  now?: () => number;
};

const markOf = (mark: Mark | null): Mark | null =>
  mark && { logId: mark.logId, epoch: mark.epoch, seq: mark.seq, position: mark.position, lastId: mark.lastId };

const resultOf = (chain: Chain): RoomResult => ({
  outcome: chain.outcome,
  before: markOf(chain.before),
  after: markOf(chain.after),
  entries: chain.taken.length,
  events: chain.taken.reduce((sum, { entry }) => sum + entry.events.length, 0),
  stopped: chain.stopped,
});

/**
 * Takes entries into the archive, the cmid table, the projections and the watermarks, in one transaction. Of each room it
 * takes what continues its watermark and says what became of the rest; calling it again with the same changes nothing.
 * To keep two from working on one shard, run it on the connection that holds the shard's lock.
 */
export const ingest = async (db: Kysely<Database>, arrived: readonly ArrivedEntry[], options: IngestOptions): Promise<{ rooms: Map<RoomId, RoomResult>; deadLettered: number }> => {
  const byRoom = Map.groupBy(arrived, ({ ref }) => ref.roomId);
  return withTransaction(db, async (trx) => {
    const marks = await lockMarks(trx, [...byRoom.keys()]);

    const old = arrived.filter((each) => mayBeKnown(marks.get(each.ref.roomId) ?? null, each));
    const stored = await hasArchived(trx, old.map((each) => ({
      roomId: each.ref.roomId, epoch: each.ref.epoch, firstSeq: each.entry.events[0]!.seq, lastSeq: each.entry.events.at(-1)!.seq, lastId: lastIdOf(each),
    })));
    const known = new Set(old.filter((_, index) => stored.has(index)));

    const chains = new Map([...byRoom].map(([roomId, entries]) => [roomId, chainOf(marks.get(roomId) ?? null, options.logId, entries, (each) => known.has(each))]));
    const taken = [...chains.values()].flatMap((chain) => chain.taken);
    const events = taken.flatMap(({ entry }) => entry.events);
    if (!options.logIsArchive) await insertEntries(trx, options.logId, taken);
    await insertCmids(trx, events);

    const advanced = [...chains.values()].flatMap(({ before, after, taken: own }) => (after && own.length > 0 ? [{ before, after }] : []));
    const states = new Map<RoomId, RoomState>(advanced.map(({ after }) => [after.state.roomId, after.state]));
    const deadLettered = await project(trx, events, states, {
      projections: options.projections ?? PROJECTIONS, putLetter: (letter) => options.deadLetters.put(letter), now: options.now ?? Date.now,
    });
    for (const { lost } of chains.values()) await recordLost(trx, lost, 'appended to an epoch after the room had left it');
    if (advanced.length > 0) await writeMarks(trx, advanced);
    return { rooms: new Map([...chains].map(([roomId, chain]) => [roomId, resultOf(chain)])), deadLettered };
  });
};
