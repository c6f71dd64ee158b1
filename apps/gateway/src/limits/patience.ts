/** What one socket may ask in vain, sustained and at once: far more than a client that sends its whole burst too early does. */
const IN_VAIN = { perSecond: 500, burst: 5_000 };

/** How much of one kind is borne with from one connection. By default nonsense, and commands over a limit: each costs as much as a good one. */
export class Patience {
  readonly #bounds: { perSecond: number; burst: number };
  readonly #now: () => number;
  #left: number;
  #at: number;

  constructor(bounds = IN_VAIN, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#left = bounds.burst;
    this.#now = now;
    this.#at = now();
  }

  /** Whether there is any left after one more. */
  endures(): boolean {
    const now = this.#now();
    const { perSecond, burst } = this.#bounds;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1_000) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
