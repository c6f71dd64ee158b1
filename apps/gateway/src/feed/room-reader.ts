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
      const read = anchor ? await this.#fromAnchor(anchor, epoch, after) : await this.#fromArchive(epoch, after);
      if (read === null) continue;
      if (read.length > 0 && read[0]!.seq !== after + 1) break;
      return read;
    }
    throw new ProtocolError('unavailable', 'the events asked for cannot be found at present');
  }

  /** `null`: the anchor is gone. */
  async #fromAnchor(anchor: Anchor, epoch: number, after: number): Promise<RoomEvent[] | null> {
    let from = anchor;
    for (;;) {
      const page = await this.#log.read({ roomId: this.#roomId, epoch: from.epoch }, from.position, READ_LIMIT);
      if (page.entries[0]?.position !== from.position) {
        this.#anchors.forget(from);
        return null;
      }
      const events = this.#take(page, from.logId, after);
      if (events.length > 0) return events;
      if (!page.atEnd) from = this.#anchors.before(after, from.logId) ?? from;
      else if (from.epoch < epoch) return this.#fromStart(from.epoch + 1, after);
      else return [];
    }
  }

  /** The log of an epoch from its first entry that is left: only where that is known to be no long way. */
  async #fromStart(epoch: number, after: number): Promise<RoomEvent[]> {
    const page = await this.#log.read({ roomId: this.#roomId, epoch }, 0, READ_LIMIT);
    return this.#take(page, this.#log.id, after);
  }

  async #fromArchive(epoch: number, after: number): Promise<RoomEvent[] | null> {
    const page = await this.#store.archive(this.#roomId, after, READ_LIMIT);
    if (page.events.length > 0) return page.events;
    const watermark = await this.#store.seed(this.#roomId);
    if (watermark === null) return this.#fromStart(epoch, after);
    if (watermark.seq > after) return null;
    if (watermark.logId !== this.#log.id) return this.#fromStart(epoch, after);
    this.#anchors.note({ logId: watermark.logId, epoch: watermark.epoch, seq: watermark.seq, position: watermark.position });
    return null;
  }

  #take(page: LogPage, logId: string, after: number): RoomEvent[] {
    const last = page.entries.at(-1);
    const end = last?.events.at(-1);
    if (last && end) this.#anchors.note({ logId, epoch: end.epoch, seq: end.seq, position: last.position });
    return page.entries.flatMap((entry) => entry.events.filter((event) => event.seq > after));
  }
}
