import type { LogEntry, NewEntry, Position, Watermark } from '@parley/domain';
import type { EventId, RoomId } from '@parley/protocol';

/** An entry is not the one that follows: some are missing, or there is another history. */
export class Discontinuity extends Error {
  override readonly name = 'Discontinuity';
}

/**
 * A place in a room's log, over all its epochs, and what has to come next there.
 * `position` 0 is before the first entry of `epoch`, which may be one that nobody has opened yet.
 */
export class LogCursor {
  readonly roomId: RoomId;
  readonly logId: string;
  epoch = 1;
  position: Position = 0;
  seq = 0;
  lastId: EventId | null = null;
  /** The epoch of the last event was sealed. Of a start not known before `confirm`. */
  sealed = false;
  /** The last event is in a log that no longer decides: the next entry here has to open `epoch`. */
  mustOpen = false;
  #lastEpoch = 0;

  /** Where the store stands (`null`: at the very beginning), seen from the log `logId`. */
  constructor(roomId: RoomId, logId: string, start: Omit<Watermark, 'state'> | null) {
    this.roomId = roomId;
    this.logId = logId;
    if (!start) return;
    this.epoch = start.epoch;
    this.#lastEpoch = start.epoch;
    this.seq = start.seq;
    this.lastId = start.lastId;
    if (start.logId === logId) {
      this.position = start.position;
    } else {
      this.epoch += 1;
      this.mustOpen = true;
    }
  }

  /** At the end of an epoch that is sealed: what follows is in the next one. */
  get atSeal(): boolean {
    return this.sealed && this.epoch === this.#lastEpoch;
  }

  enterNextEpoch(): void {
    this.epoch += 1;
    this.position = 0;
  }

  /** `entry` was found where the cursor stands. Throws {@link Discontinuity} if it is not the one that was folded. */
  confirm(entry: LogEntry): void {
    const last = entry.events.at(-1);
    if (entry.position !== this.position || last?.id !== this.lastId) throw new Discontinuity(`entry ${this.position} of ${this.roomId} is another`);
    this.sealed = last?.type === 'epoch.sealed';
  }

  /** Throws {@link Discontinuity} unless `entry` is the next one. */
  expect(entry: NewEntry): void {
    const first = entry.events[0];
    if (!first) throw new Discontinuity('an entry without events');
    const where = `entry ${first.epoch}/${first.seq} of ${this.roomId}`;
    if (entry.prevId !== this.lastId || first.seq !== this.seq + 1) throw new Discontinuity(`${where} does not follow ${this.epoch}/${this.seq}`);
    if (this.position === 0 && this.seq > 0 && first.type !== 'epoch.opened') throw new Discontinuity(`${where} does not open its epoch`);
    if (entry.events.some((event, n) => event.epoch !== this.epoch || event.seq !== first.seq + n)) throw new Discontinuity(`${where} is not dense`);
  }

  advance(entry: LogEntry): void {
    this.expect(entry);
    for (const event of entry.events) {
      if (event.type === 'epoch.sealed') this.sealed = true;
      if (event.type === 'epoch.opened') this.sealed = false;
    }
    const last = entry.events.at(-1)!;
    this.position = entry.position;
    this.seq = last.seq;
    this.lastId = last.id;
    this.#lastEpoch = this.epoch;
    this.mustOpen = false;
  }
}
