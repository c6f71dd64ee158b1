import type { RoomEvent } from '@parley/protocol';
import type { FoldedRoom } from './folded-room.ts';

/**
 * What was known of a room when its log no longer went on from there. Once the room is known again, what of that is in
 * its history no more was lost: acked, as a rule, and this may be the only place where it still is.
 */
export class Beheld {
  readonly #events: readonly RoomEvent[];
  readonly #logId: string;
  readonly #epoch: number;
  readonly #seq: number;

  constructor({ tail, cursor }: FoldedRoom) {
    this.#events = tail.all();
    this.#logId = cursor.logId;
    this.#epoch = cursor.epoch;
    this.#seq = cursor.seq;
  }

  /** Maybe lost: of what is at or below the store's watermark only the store can tell. */
  missingIn({ cursor, span, tail }: FoldedRoom): RoomEvent[] {
    const goesOn = cursor.logId === this.#logId && cursor.epoch === this.#epoch && cursor.seq >= this.#seq;
    return this.#events.filter(({ seq, id }) => (seq <= span.winStart ? !goesOn : tail.idAt(seq) !== id));
  }
}
