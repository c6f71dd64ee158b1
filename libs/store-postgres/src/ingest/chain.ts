import { evolve, type RoomState, type Watermark } from '@parley/domain';
import type { RoomEvent } from '@parley/protocol';
import { placeOf } from './follow.ts';
import type { ArrivedEntry, Mark, Outcome } from './result.ts';

/** What a room's entries of one batch come to. */
export type Chain = {
  outcome: Outcome;
  before: Mark | null;
  after: Watermark | null;
  taken: ArrivedEntry[];
  /** Of epochs that were left behind, and in no surviving history. */
  lost: RoomEvent[];
  stopped: { at: ArrivedEntry; reason: string } | null;
};

export const lastIdOf = ({ entry }: ArrivedEntry) => entry.events.at(-1)!.id;

const inLogOrder = (a: ArrivedEntry, b: ArrivedEntry): number => a.ref.epoch - b.ref.epoch || a.entry.position - b.entry.position;

/** Throws a `RangeError` that says what is wrong. */
const fold = (state: RoomState | null, { ref, entry }: ArrivedEntry): RoomState => {
  let next = state;
  for (const event of entry.events) {
    if (event.roomId !== ref.roomId || event.epoch !== ref.epoch) throw new RangeError(`event ${event.seq} is of another room or epoch`);
    next = evolve(next, event);
  }
  return next!;
};

/** Pure. `isArchived` answers for entries at or below the watermark, or of an older epoch. */
export const chainOf = (watermark: Watermark | null, logId: string, arrived: readonly ArrivedEntry[], isArchived: (entry: ArrivedEntry) => boolean): Chain => {
  const chain: Chain = { outcome: 'duplicate', before: watermark, after: watermark, taken: [], lost: [], stopped: null };
  const stop = (outcome: Outcome, at: ArrivedEntry, reason: string): Chain => ({ ...chain, outcome, stopped: { at, reason } });
  for (const each of arrived.toSorted(inLogOrder)) {
    const mark = chain.after;
    const place = placeOf(mark, logId, each.ref, each.entry);
    if (place.is === 'gap' || place.is === 'fork') return stop(place.is, each, place.reason);
    if (place.is === 'below' || place.is === 'past') {
      const isLast = mark?.epoch === each.ref.epoch && mark.seq === each.entry.events.at(-1)!.seq && mark.lastId === lastIdOf(each);
      const justTaken = chain.taken.some((other) => other.ref.epoch === each.ref.epoch && lastIdOf(other) === lastIdOf(each));
      if (isLast || justTaken || isArchived(each)) continue;
      if (place.is === 'below') return stop('fork', each, `another event ${each.entry.events.at(-1)!.seq} than the one taken in`);
      chain.lost.push(...each.entry.events);
      continue;
    }
    let state: RoomState;
    try {
      state = fold(mark?.state ?? null, each);
    } catch (error) {
      return stop('invalid', each, error instanceof Error ? error.message : String(error));
    }
    chain.taken.push(each);
    chain.outcome = 'advanced';
    chain.after = { logId, epoch: state.epoch, seq: state.seq, position: each.entry.position, lastId: state.lastId, state };
  }
  return chain;
};

/** Whether `isArchived` will be asked about this entry, at the latest after all others of the batch are taken in. */
export const mayBeKnown = (watermark: Watermark | null, { ref, entry }: ArrivedEntry): boolean =>
  watermark !== null && (ref.epoch < watermark.epoch || (ref.epoch === watermark.epoch && entry.events.at(-1)!.seq < watermark.seq));
