/** Tells a room's head at most once in `everyMs` while it changes, and once after. */
export class HeadTicker {
  readonly #everyMs: number;
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | null = null;
  #changed = false;

  constructor(everyMs: number, tell: () => void) {
    this.#everyMs = everyMs;
    this.#tell = tell;
  }

  changed(): void {
    this.#changed = true;
    this.#timer ??= setTimeout(() => this.#fire(), this.#everyMs);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #fire(): void {
    this.#timer = null;
    if (!this.#changed) return;
    this.#changed = false;
    this.#tell();
    // Holds the next one off for as long, whether or not there will be one.
    this.#timer = setTimeout(() => this.#fire(), this.#everyMs);
  }
}
