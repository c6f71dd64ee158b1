import type { LogEntry, RoomLog, Store } from '@parley/domain';
import type { RoomId } from '@parley/protocol';
import { FoldedRoom } from './folded-room.ts';
import { LogForked } from './incidents.ts';
import type { AppenderLimits } from './limits.ts';
import { Discontinuity, type LogCursor } from './log-cursor.ts';
import type { TailBudget } from './tail.ts';

/** How often a seed that was overtaken (by a purge, or by the log becoming another) starts again. */
const SEED_TRIES = 6;

export type Progress = {
  /** Called for each entry beyond the cursor; has to advance it. */
  fold: (entry: LogEntry) => void;
  /** Asked between pages: true ends the reading early. */
  full: () => boolean;
};

/**
 * Reads on from the cursor to the end of the log, over sealed epochs into the next. Each read begins with the entry
 * at the cursor *inclusive*: if that is gone or another, what follows cannot be trusted to be all. Throws
 * {@link Discontinuity} then, and the log's own errors. The cursor may be advanced by others meanwhile.
 */
export const readOn = async (log: RoomLog, cursor: LogCursor, readEntries: number, { fold, full }: Progress): Promise<void> => {
  while (!full()) {
    if (log.id !== cursor.logId) throw new Discontinuity(`the log is now ${log.id}`);
    const { epoch, position } = cursor;
    const page = await log.read({ roomId: cursor.roomId, epoch }, position, readEntries);
    if (log.id !== cursor.logId) throw new Discontinuity(`the log is now ${log.id}`);
    if (position > 0) {
      const first = page.entries[0];
      if (first?.position !== position) throw new Discontinuity(`entry ${position} of ${cursor.roomId} is gone`);
      if (cursor.position === position && cursor.epoch === epoch) cursor.confirm(first);
    }
    for (const entry of page.entries) if (cursor.epoch === epoch && entry.position > cursor.position) fold(entry);
    if (!page.atEnd) continue;
    if (!cursor.atSeal) return;
    cursor.enterNextEpoch();
  }
};

/**
 * The room from the store's watermark and the log beyond it, or a room that does not exist yet (`state` null).
 * May end before the log's end if the window is full. Throws {@link LogForked}, `StoreUnavailable`, `RoomLogError`.
 */
export const seed = async (log: RoomLog, store: Store, roomId: RoomId, limits: AppenderLimits, tailBudget: TailBudget): Promise<FoldedRoom> => {
  let discontinuity: Discontinuity | null = null;
  let stoodOn = '';
  for (let tries = 0; tries < SEED_TRIES; tries += 1) {
    const logId = log.id;
    const watermark = await store.seed(roomId);
    const room = new FoldedRoom(roomId, logId, watermark, limits, tailBudget);
    try {
      await readOn(log, room.cursor, limits.readEntries, { fold: (entry) => room.fold(entry), full: () => room.windowSize >= limits.windowHard });
    } catch (error) {
      room.tail.clear();
      if (!(error instanceof Discontinuity)) throw error;
      discontinuity = error;
      // Overtaken by a purge, the next try stands on a later watermark. On the same one: the log and the store do not fit.
      const standsOn = `${logId} ${watermark?.logId} ${watermark?.epoch} ${watermark?.position}`;
      if (standsOn === stoodOn) break;
      stoodOn = standsOn;
      continue;
    }
    // An empty log may be that of a room whose log was another one when the store was asked.
    if (room.state === null && (await store.seed(roomId)) !== null) continue;
    return room;
  }
  throw new LogForked(`the log of ${roomId} does not go on from the store's watermark`, { cause: discontinuity });
};
