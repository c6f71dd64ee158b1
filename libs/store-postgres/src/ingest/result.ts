import type { LogEntry, RoomRef, Watermark } from '@parley/domain';

/** An entry and the log it was read from. */
export type ArrivedEntry = { ref: RoomRef; entry: LogEntry };
export type Mark = Omit<Watermark, 'state'>;

/**
 * - `advanced`: all that was new is taken in.
 * - `duplicate`: all of it was known.
 * - `gap`: an entry stands beyond what follows the watermark; what comes between may still be in the log.
 * - `fork`: an entry contradicts the watermark: the log tells another history.
 * - `invalid`: an entry follows, but its events make no sense.
 *
 * With the last three, what stood before the entry was taken in all the same.
 */
export type Outcome = 'advanced' | 'duplicate' | 'gap' | 'fork' | 'invalid';

export type RoomResult = {
  outcome: Outcome;
  before: Mark | null;
  after: Mark | null;
  entries: number;
  events: number;
  /** With `gap`, `fork` and `invalid`: the entry, and what is wrong with it. */
  stopped: { at: ArrivedEntry; reason: string } | null;
};
