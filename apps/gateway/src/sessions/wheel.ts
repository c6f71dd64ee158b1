export type WheelOptions<T> = {
  /** Half of how late an item may be due, milliseconds. */
  tickMs: number;
  onDue: (item: T) => void;
  now?: () => number;
};

/** Reminds of many items at their times, with one timer for all: each waits in the bucket of its tick. At most two ticks late, never early. */
export class Wheel<T> {
  readonly #buckets = new Map<number, Set<T>>();
  readonly #bucketOf = new Map<T, number>();
  readonly #tickMs: number;
  readonly #onDue: (item: T) => void;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  /** The last bucket that was emptied. */
  #done: number;

  constructor({ tickMs, onDue, now = Date.now }: WheelOptions<T>) {
    this.#tickMs = tickMs;
    this.#onDue = onDue;
    this.#now = now;
    this.#done = this.#tick();
    this.#timer = setInterval(() => this.turn(), tickMs).unref();
  }

  get size(): number {
    return this.#bucketOf.size;
  }

  /** `at`: milliseconds since 1970. Takes the place of the item's earlier time. */
  set(item: T, at: number): void {
    this.delete(item);
    const bucket = Math.max(Math.ceil(at / this.#tickMs), this.#done + 1);
    const items = this.#buckets.get(bucket) ?? new Set<T>();
    this.#buckets.set(bucket, items.add(item));
    this.#bucketOf.set(item, bucket);
  }

  delete(item: T): void {
    const bucket = this.#bucketOf.get(item);
    if (bucket === undefined) return;
    this.#bucketOf.delete(item);
    const items = this.#buckets.get(bucket);
    items?.delete(item);
    if (items?.size === 0) this.#buckets.delete(bucket);
  }

  turn(): void {
    const reached = this.#tick();
    // A clock that was set back comes here again.
    if (reached <= this.#done) return;
    const due = this.#buckets.size < reached - this.#done
      ? [...this.#buckets.keys()].filter((bucket) => bucket <= reached).sort((a, b) => a - b)
      : Array.from({ length: reached - this.#done }, (_, index) => this.#done + 1 + index);
    this.#done = reached;
    for (const bucket of due) {
      const items = this.#buckets.get(bucket) ?? [];
      this.#buckets.delete(bucket);
      for (const item of items) this.#bucketOf.delete(item);
      for (const item of items) this.#onDue(item);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): number {
    return Math.floor(this.#now() / this.#tickMs);
  }
}
