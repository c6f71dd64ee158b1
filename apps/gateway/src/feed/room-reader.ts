import { ProtocolError, type RoomEvent, type RoomId } from '@parley/protocol';
import type { LogPage, RoomLog, Store } from '@parley/domain';
import { Anchors, type Anchor } from './anchors.ts';

/** Entries per read of the log, and events per read of the archive. */
const READ_LIMIT = 500;
const TRIES = 4;

/**
 * Reads a room's events by `seq`, wherever they are: in the log from an entry whose position is known, else in the
 * archive, else in the log from the archive's end. Throws `unavailable` (or the ports' own errors) rather than leave a gap.
 */
export class RoomReader {
  readonly #roomId: RoomId;
  readonly #log: RoomLog;
  readonly #store: Store;
  readonly #anchors = new Anchors();

  constructor(roomId: RoomId, log: RoomLog, store: Store) {
    this.#roomId = roomId;
    this.#log = log;
    this.#store = store;
  }

  note(anchor: Anchor): void {
    this.#anchors.note(anchor);
  }

  /** Some of the events after `after`, ascending and without a gap; none if the room's log ends there at present. */
  async read(epoch: number, after: number): Promise<RoomEvent[]> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const anchor = this.#anchors.before(after, this.#log.id);
      const events = anchor ? await this.#fromLog(anchor, epoch, after) : await this.#fromArchive(epoch, after);
      if (events === null) continue;
      // Trimmed while it was read: what is missing in between is in the archive by now.
      const gap = events.findIndex((event, n) => event.seq !== after + 1 + n);
      if (gap === 0) continue;
      return gap < 0 ? events : events.slice(0, gap);
    }
    throw new ProtocolError('unavailable', 'the events asked for cannot be found at present');
  }

  /** Reads on from an entry, over the ends of epochs; `position` 0 is before the first of its epoch. `null`: the entry is gone. */
  async #fromLog(anchor: Anchor, epoch: number, after: number): Promise<RoomEvent[] | null> {
    let from = { epoch: anchor.epoch, position: anchor.position };
    for (;;) {
      const page = await this.#log.read({ roomId: this.#roomId, epoch: from.epoch }, from.position, READ_LIMIT);
      if (from.position > 0 && page.entries[0]?.position !== from.position) {
        this.#anchors.forget(anchor);
        return null;
      }
      const events = this.#take(page, anchor.logId, after);
      if (events.length > 0) return events;
      if (!page.atEnd) from = { ...from, position: page.entries.at(-1)!.position };
      else if (from.epoch < epoch) from = { epoch: from.epoch + 1, position: 0 };
      else return [];
    }
  }

  async #fromArchive(epoch: number, after: number): Promise<RoomEvent[] | null> {
    const page = await this.#store.archive(this.#roomId, after, READ_LIMIT);
    if (page.events.length > 0) return page.events;
    const watermark = await this.#store.seed(this.#roomId);
    if (watermark && watermark.seq > after) return null;
    const logId = this.#log.id;
    // What the store has nothing of begins with the room; what it has from another log goes on here in the next epoch.
    const start = !watermark ? { epoch: 1, seq: 0, position: 0 } : watermark.logId === logId ? watermark : { epoch: watermark.epoch + 1, seq: watermark.seq, position: 0 };
    return this.#fromLog({ logId, epoch: start.epoch, seq: start.seq, position: start.position }, epoch, after);
  }

  #take(page: LogPage, logId: string, after: number): RoomEvent[] {
    const last = page.entries.at(-1);
    const end = last?.events.at(-1);
    if (last && end) this.#anchors.note({ logId, epoch: end.epoch, seq: end.seq, position: last.position });
    return page.entries.flatMap((entry) => entry.events.filter((event) => event.seq > after));
  }
}
