import { setTimeout as sleep } from 'node:timers/promises';

/** Waits longer each time, until `reset`. An abort ends the wait at once, without an error. */
export class Backoff {
  readonly #bounds: { first: number; last: number };
  #next: number;

  constructor(bounds: { first: number; last: number }) {
    this.#bounds = bounds;
    this.#next = bounds.first;
  }

  reset(): void {
    this.#next = this.#bounds.first;
  }

  async wait(signal: AbortSignal): Promise<void> {
    // Up to half as much again, so that workers that lost the same server do not come back together.
    const ms = this.#next * (1 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#bounds.last);
    await pause(ms, signal);
  }
}

export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => {});
};
