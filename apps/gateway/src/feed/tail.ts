import type { EventId, RoomEvent } from '@parley/protocol';
import { redacted } from './redact.ts';

/** Bytes of an event in memory and on the wire, near enough: its texts and what is round them. */
export const weigh = (event: RoomEvent): number =>
  event.type === 'message.created' || event.type === 'message.edited' ? 400 + event.data.body.length * 2 : 400;

export type TailLimits = {
  /** Events kept. */
  events: number;
  bytes: number;
  /** Events kept that came too early, waiting for those before them. */
  early: number;
};

/**
 * The newest events of a room without a gap, up to `last`. What comes too early waits; what comes twice is dropped.
 * Holds at most the limits; a long run that comes at once may be over them until the next.
 */
export class Tail {
  readonly #limits: TailLimits;
  #events: RoomEvent[] = [];
  #bytes = 0;
  readonly #early = new Map<number, RoomEvent>();
  #last: number;

  constructor(limits: TailLimits, last: number) {
    this.#limits = limits;
    this.#last = last;
  }

  /** The `seq` up to which everything is known. */
  get last(): number {
    return this.#last;
  }

  /** Something came early: there is a gap after `last`. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** Takes in events, ascending; answers those that now follow what was known, in order. */
  offer(events: readonly RoomEvent[]): RoomEvent[] {
    const next: RoomEvent[] = [];
    for (const event of events) {
      if (event.seq <= this.#last) continue;
      if (event.seq === this.#last + 1) this.#push(event, next);
      else if (this.#early.size < this.#limits.early) this.#early.set(event.seq, event);
    }
    if (next.length > 0 && this.#early.size > 0) this.#drain(next);
    if (this.#events.length > this.#limits.events || this.#bytes > this.#limits.bytes) this.#cut();
    return next;
  }

  /** The events after `seq`, or `null` if they are not all here. */
  after(seq: number): RoomEvent[] | null {
    if (seq >= this.#last) return [];
    const first = this.#events[0]?.seq;
    return first !== undefined && first <= seq + 1 ? this.#events.slice(seq + 1 - first) : null;
  }

  /** Lets go of the bodies of a message. */
  redact(messageId: EventId): void {
    const gone = new Set([messageId]);
    for (const [n, event] of this.#events.entries()) {
      const without = redacted(event, gone);
      this.#bytes += weigh(without) - weigh(event);
      this.#events[n] = without;
    }
  }

  #push(event: RoomEvent, next: RoomEvent[]): void {
    this.#events.push(event);
    this.#bytes += weigh(event);
    this.#last = event.seq;
    next.push(event);
  }

  #drain(next: RoomEvent[]): void {
    for (let event = this.#early.get(this.#last + 1); event; event = this.#early.get(this.#last + 1)) this.#push(event, next);
    for (const seq of this.#early.keys()) if (seq <= this.#last) this.#early.delete(seq);
  }

  /** Down to three quarters, so that not every event moves the array. */
  #cut(): void {
    const { events, bytes } = this.#limits;
    let drop = Math.max(0, this.#events.length - Math.floor(events * 0.75));
    for (let n = 0; n < drop; n += 1) this.#bytes -= weigh(this.#events[n]!);
    while (this.#bytes > bytes * 0.75 && drop < this.#events.length) {
      this.#bytes -= weigh(this.#events[drop]!);
      drop += 1;
    }
    this.#events = this.#events.slice(drop);
  }
}
