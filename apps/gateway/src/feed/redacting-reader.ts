import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import type { RoomLog, Store } from '@parley/domain';
import type { Anchor } from './anchors.ts';
import { redactGone } from './redact.ts';
import { RoomReader } from './room-reader.ts';

export type RedactingReaderParts = {
  log: RoomLog;
  store: Store;
  /** Those of these messages that are deleted or hidden by now. Linearizable. Throws where it cannot be told. */
  gone(roomId: RoomId, messageIds: readonly EventId[]): Promise<ReadonlySet<EventId>>;
};

/** Reads a room's events as somebody may see them who was not there: without the bodies of what was taken back since. */
export class RedactingReader {
  readonly #reader: RoomReader;
  readonly #gone: (ids: readonly EventId[]) => Promise<ReadonlySet<EventId>>;

  constructor(roomId: RoomId, parts: RedactingReaderParts) {
    this.#reader = new RoomReader(roomId, parts.log, parts.store);
    this.#gone = (ids) => parts.gone(roomId, ids);
  }

  note(anchor: Anchor): void {
    this.#reader.note(anchor);
  }

  /** As `RoomReader.read`. */
  async read(epoch: number, after: number): Promise<RoomEvent[]> {
    return redactGone(await this.#reader.read(epoch, after), this.#gone);
  }

  /**
   * {@link read} for those who were there and did not get it. A store that is away does not hold it up: they would have had it
   * at once, and hear next that it was taken back.
   */
  async readMissed(epoch: number, after: number): Promise<RoomEvent[]> {
    const events = await this.#reader.read(epoch, after);
    return redactGone(events, this.#gone).catch(() => events);
  }
}
