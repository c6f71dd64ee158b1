/** What one socket may ask in vain, sustained and at once: far more than a client that sends its whole burst too early does. */
const PER_SECOND = 500;
const BURST = 5_000;

/** How much nonsense, and how many commands over a limit, are answered to one socket: each costs as much as a good one. */
export class Patience {
  readonly #now: () => number;
  #left = BURST;
  #at: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Whether there is any left after one more. */
  endures(): boolean {
    const now = this.#now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) * PER_SECOND) / 1_000) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
