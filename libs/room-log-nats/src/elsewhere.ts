import type { Heads } from './heads.ts';
import type { Settings } from './options.ts';

/** Longer than it takes to elect a leader, most of the time. Then each time twice as long as before. */
const FIRST_MS = 12_000;
const LAST_MS = 60_000;

/** Where heads stay dead on a connection that stands, its server may be cut off from the others: another one is tried. */
export class Elsewhere {
  readonly #settings: Settings;
  readonly #heads: Heads;
  readonly #unfollow: () => void;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = FIRST_MS;

  constructor(settings: Settings, heads: Heads) {
    this.#settings = settings;
    this.#heads = heads;
    this.#unfollow = heads.onLive((live) => {
      if (live) this.#waitMs = FIRST_MS;
      this.#watch();
    });
    this.#watch();
  }

  close(): void {
    this.#unfollow();
    clearTimeout(this.#timer);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#heads.live) return;
    this.#timer = setTimeout(() => {
      const { nats, warn } = this.#settings;
      this.#waitMs = Math.min(this.#waitMs * 2, LAST_MS);
      if (nats.connected) nats.moveOn().catch((error: unknown) => warn('another NATS server could not be tried', error));
      this.#watch();
    }, this.#waitMs);
    this.#timer.unref();
  }
}
