/** A stream of numbers in [0, 1) that follows from its seed. */
export const randomFrom = (seed: number) => {
  let state = (seed + 0x9e3779b9) | 0;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** A process: while paused nothing reaches it, once dead nothing ever does. */
export type Owner = { pausedUntil: number; dead: boolean };

type Step = { due: number; owner: Owner | null; run: () => void };

/** Owns what happens next: everything outside the code under test is a step, taken one at a time in an order that follows from the seed. */
export class Schedule {
  /** In ticks; one stands for a millisecond. */
  now = 0;
  readonly random: () => number;
  #steps: Step[] = [];

  constructor(random: () => number) {
    this.random = random;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  later(owner: Owner | null, delay: number, run: () => void): void {
    this.#steps.push({ due: this.now + delay, owner, run });
  }

  /** A request served at some time and answered at a later one. */
  call<T>(owner: Owner, serve: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.later(null, this.delay(), () => {
        let answer: () => void;
        try {
          const value = serve();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error);
        }
        this.later(owner, this.delay(), answer);
      });
    });
  }

  /** Mostly soon, now and then late. */
  delay(): number {
    return this.chance(0.06) ? this.below(40) : this.below(3);
  }

  /** Takes one step, and then lets the code under test run until it waits again. False: there is none left. */
  async step(): Promise<boolean> {
    this.now += 1;
    this.#steps = this.#steps.filter((step) => !step.owner?.dead);
    const at = (step: Step) => Math.max(step.due, step.owner?.pausedUntil ?? 0);
    if (this.#steps.length === 0) return false;
    const soonest = Math.min(...this.#steps.map(at));
    this.now = Math.max(this.now, soonest);
    const ready = this.#steps.filter((step) => at(step) <= this.now);
    const step = this.pick(ready);
    this.#steps.splice(this.#steps.indexOf(step), 1);
    step.run();
    await breathe();
    return true;
  }

  /** Takes steps until nothing waits for one. */
  async drain(): Promise<void> {
    await breathe();
    while (await this.step());
  }
}

/** Until nothing is left that could run without a step. */
export const breathe = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
