/** Growing delays, half of each by chance, so that many clients do not come back at the same moment. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(minMs: number, maxMs: number, random: () => number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** Milliseconds to wait now; at least what the server asked for, and then spread a little too. */
  next(retryAfterMs = 0): number {
    const ceiling = Math.min(this.#maxMs, this.#minMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return Math.max(ceiling * (0.5 + this.#random() / 2), retryAfterMs * (1 + this.#random() / 5));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
