import type { RoomEvent } from '@parley/protocol';

/** Events held back for the ones before them. Beyond it they are let go: the sync that is due brings them. */
export const MAX_HELD = 512;

/** How far a room's log is known, and the one rule by which that moves: an event is applied if and only if its `seq` is known + 1. */
export class RoomCursor {
  readonly #epoch: number;
  #known: number;
  /** The highest seq heard of in this epoch. */
  #head: number;
  readonly #held = new Map<number, RoomEvent>();

  constructor(epoch: number, known: number) {
    this.#epoch = epoch;
    this.#known = known;
    this.#head = known;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get known(): number {
    return this.#known;
  }

  /** There are events that are not known yet. */
  get behind(): boolean {
    return this.#head > this.#known;
  }

  /** The events that are to be applied now, in order. Those of another epoch must not come here. */
  take(events: readonly RoomEvent[]): RoomEvent[] {
    const applied: RoomEvent[] = [];
    for (const event of events) {
      if (event.seq <= this.#known) continue;
      if (event.seq > this.#head) this.#head = event.seq;
      if (event.seq === this.#known + 1) {
        this.#known = event.seq;
        applied.push(event);
      } else if (this.#held.size < MAX_HELD) {
        this.#held.set(event.seq, event);
      }
    }
    while (this.#held.size > 0) {
      const next = this.#held.get(this.#known + 1);
      if (!next) break;
      this.#held.delete(next.seq);
      this.#known = next.seq;
      applied.push(next);
    }
    if (applied.length > 0 && this.#held.size > 0) {
      for (const seq of this.#held.keys()) if (seq <= this.#known) this.#held.delete(seq);
    }
    return applied;
  }

  /** The log reaches at least to `seq`. */
  hear(seq: number): void {
    if (seq > this.#head) this.#head = seq;
  }
}
