import type { RoomEvent } from '@parley/protocol';

/** Of an event in memory, near enough: its texts and what is round them. */
const weight = (event: RoomEvent): number => {
  const text = event.type === 'message.created' || event.type === 'message.edited' ? event.data.body.length * 2 : 0;
  return 600 + text;
};

/** What the tails that share it hold together. */
export type TailBudget = { bytes: number };

/** The most recent events of a room, dense, bounded in count and bytes. */
export class Tail {
  #events: RoomEvent[] = [];
  #bytes = 0;
  readonly #maxEvents: number;
  readonly #maxBytes: number;

  #budget: TailBudget;

  constructor(maxEvents: number, maxBytes: number, budget: TailBudget) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** What a read or an append that is still under way puts into it after this counts no more. */
  clear(): void {
    this.#budget.bytes -= this.#bytes;
    this.#budget = { bytes: 0 };
    this.#events = [];
    this.#bytes = 0;
  }

  push(event: RoomEvent): void {
    this.#events.push(event);
    const bytes = weight(event);
    this.#bytes += bytes;
    this.#budget.bytes += bytes;
    // Twice the bound before the cut: a cut moves the whole array.
    if (this.#events.length > this.#maxEvents * 2 || this.#bytes > this.#maxBytes * 2) this.#cut();
  }

  /** The events with a `seq` above `seq`, or `null` if they are not all here. `last` is the room's last `seq`. */
  after(seq: number, last: number): RoomEvent[] | null {
    if (seq >= last) return [];
    const first = this.#events[0]?.seq;
    return first !== undefined && first <= seq + 1 ? this.#events.slice(seq + 1 - first) : null;
  }

  all(): readonly RoomEvent[] {
    return this.#events;
  }

  /** The id of the event with this `seq`, if it is here. */
  idAt(seq: number): string | undefined {
    const first = this.#events[0]?.seq;
    return first === undefined ? undefined : this.#events[seq - first]?.id;
  }

  #cut(): void {
    let keep = this.#events.length;
    let bytes = 0;
    while (keep > 0 && this.#events.length - keep < this.#maxEvents) {
      const more = weight(this.#events[keep - 1]!);
      if (bytes + more > this.#maxBytes) break;
      bytes += more;
      keep -= 1;
    }
    this.#events = this.#events.slice(keep);
    this.#budget.bytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }
}
