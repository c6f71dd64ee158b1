/** At most so many at once; the others wait for their turn, at most so many of them. */
export class InTurn {
  readonly #atOnce: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(bounds: { atOnce: number; waiting: number }) {
    this.#atOnce = bounds.atOnce;
    this.#waiting = bounds.waiting;
  }

  /** `null` where too many wait. */
  run<T>(work: () => Promise<T>): Promise<T> | null {
    if (this.#running >= this.#atOnce && this.#queue.length >= this.#waiting) return null;
    return this.#run(work);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => void this.#queue.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      // The place is handed on, so that nobody gets in between.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
