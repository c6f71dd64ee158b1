import type { LogEntry, RoomRef } from '@parley/domain';
import type { Mark } from './result.ts';

export type Place =
  | { is: 'next' }
  /** At or below the watermark: known, if the archive has the very same. */
  | { is: 'below' }
  /** Of an epoch that the surviving history has left, and not part of it unless the archive has it. */
  | { is: 'past' }
  | { is: 'gap'; reason: string }
  | { is: 'fork'; reason: string };

const gap = (reason: string): Place => ({ is: 'gap', reason });
const fork = (reason: string): Place => ({ is: 'fork', reason });

/** Where an entry of the log `logId` stands to what was taken in so far. Pure. */
export const placeOf = (mark: Mark | null, logId: string, { epoch }: RoomRef, entry: LogEntry): Place => {
  const first = entry.events[0]!;
  const last = entry.events.at(-1)!;
  if (!mark) {
    if (first.seq > 1) return gap(`begins with event ${first.seq}`);
    return { is: 'next' };
  }
  if (epoch < mark.epoch) return { is: 'past' };
  if (epoch === mark.epoch) {
    if (last.seq <= mark.seq) return { is: 'below' };
    if (first.seq > mark.seq + 1) return gap(`event ${first.seq} after event ${mark.seq}`);
    if (first.seq <= mark.seq) return fork(`events ${first.seq}-${last.seq} over event ${mark.seq}`);
    if (entry.prevId !== mark.lastId) return fork(`event ${first.seq} follows ${entry.prevId}, not ${mark.lastId}`);
    if (logId !== mark.logId) return fork(`epoch ${epoch} goes on in another log`);
    return { is: 'next' };
  }
  if (first.type !== 'epoch.opened') {
    return first.seq > mark.seq + 1 ? gap(`event ${first.seq} of epoch ${epoch} after event ${mark.seq} of epoch ${mark.epoch}`) : fork(`epoch ${epoch} does not open`);
  }
  const { prevEpoch, prevSeq, prevId } = first.data;
  if (prevSeq > mark.seq) return gap(`epoch ${epoch} opens after event ${prevSeq}, known is ${mark.seq}`);
  if (prevEpoch !== mark.epoch || prevSeq !== mark.seq || prevId !== mark.lastId || entry.prevId !== mark.lastId || first.seq !== mark.seq + 1) {
    return fork(`epoch ${epoch} opens after event ${prevEpoch}/${prevSeq}, not ${mark.epoch}/${mark.seq}`);
  }
  return { is: 'next' };
};
