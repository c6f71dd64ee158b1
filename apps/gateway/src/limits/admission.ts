import { ProtocolError } from '@parley/protocol';

/** Who would wait longer than this is told to come again instead: well below what clients give a connection. */
const LONGEST_WAIT_MS = 5_000;
/** The queue moves this often. */
const STEP_MS = 20;
/** Places that add up while nobody comes, or while the loop is held up: a gateway that lags lets fewer in. */
const MOST_SAVED_MS = 100;

export type AdmissionOptions = {
  perSecond: number;
  random?: () => number;
  /** Milliseconds, monotone. */
  now?: () => number;
};

type Waiter = { isGone: () => boolean; enter: () => void };

/**
 * The rate at which a gateway lets clients in: each of them is going to join its rooms and read what it missed. Who comes faster
 * waits in order; the queue is bounded by how long its last one would wait.
 */
export class Admission {
  readonly #perSecond: number;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #mostWaiting: number;
  #queue: Waiter[] = [];
  #places: number;
  #countedAt: number;
  #timer: NodeJS.Timeout | null = null;

  constructor({ perSecond, random = Math.random, now = () => performance.now() }: AdmissionOptions) {
    this.#perSecond = perSecond;
    this.#random = random;
    this.#now = now;
    this.#mostWaiting = Math.ceil((perSecond * LONGEST_WAIT_MS) / 1_000);
    this.#places = this.#mostPlaces;
    this.#countedAt = now();
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves when it is one's turn. Rejects with `busy` and when to come again: spread by chance, so that those refused do not come together. */
  async turn(isGone: () => boolean): Promise<void> {
    this.#count();
    if (this.#queue.length === 0 && this.#places >= 1) {
      this.#places -= 1;
      return;
    }
    if (this.#queue.length >= this.#mostWaiting) {
      throw new ProtocolError('busy', 'too many are connecting', { retryAfterMs: Math.ceil(LONGEST_WAIT_MS * (0.5 + this.#random())) });
    }
    await new Promise<void>((enter) => {
      this.#queue.push({ isGone, enter });
      this.#timer ??= setInterval(() => this.step(), STEP_MS);
    });
  }

  /** Lets in as many as there are places. Called by a timer; by hand in tests. */
  step(): void {
    this.#count();
    let entered = 0;
    for (const { isGone, enter } of this.#queue) {
      const gone = isGone();
      if (!gone && this.#places < 1) break;
      if (!gone) this.#places -= 1;
      entered += 1;
      enter();
    }
    this.#queue.splice(0, entered);
    if (this.#queue.length === 0) this.close();
  }

  /** Lets everybody in who waits. */
  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    for (const { enter } of this.#queue.splice(0)) enter();
  }

  get #mostPlaces(): number {
    return Math.max(1, (this.#perSecond * MOST_SAVED_MS) / 1_000);
  }

  #count(): void {
    const now = this.#now();
    this.#places = Math.min(this.#mostPlaces, this.#places + ((now - this.#countedAt) * this.#perSecond) / 1_000);
    this.#countedAt = now;
  }
}
