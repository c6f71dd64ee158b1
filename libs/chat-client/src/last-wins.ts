import { Backoff } from './backoff.ts';
import { asChatError, type ChatError } from './errors.ts';
import type { Timings } from './options.ts';
import type { Scope } from './scope.ts';

export type LastWinsOptions<T> = {
  /** What the server holds of a new connection without being told. */
  initial: T;
  /** Rejects with a {@link ChatError}. */
  tell: (wanted: T, scope: Scope) => Promise<void>;
  timings: Timings;
  random: () => number;
};

/**
 * Something that the server forgets with the connection, and of which only the last value counts: told again in each
 * connection, one request at a time; a newer value replaces one that was not told yet. What may succeed later is tried
 * again with growing pauses, what is refused for good waits for another value or another connection. Nobody else waits.
 */
export class LastWins<T> {
  readonly #options: LastWinsOptions<T>;
  #wanted: T;
  /** What the server is known to hold; undefined while an answer is missing. */
  #told: { value: T } | undefined;
  #scope: Scope | null = null;
  #telling = false;

  constructor(options: LastWinsOptions<T>) {
    this.#options = options;
    this.#wanted = options.initial;
  }

  get wanted(): T {
    return this.#wanted;
  }

  set(wanted: T): void {
    this.#wanted = wanted;
    this.#go();
  }

  /** The server may hold something else by now. */
  again(): void {
    this.#told = undefined;
    this.#go();
  }

  connected(scope: Scope): void {
    if (this.#scope === scope) return;
    this.#scope = scope;
    this.#telling = false;
    this.#told = { value: this.#options.initial };
    this.#go();
  }

  disconnected(): void {
    this.#scope = null;
  }

  #go(): void {
    const scope = this.#scope;
    if (scope && !scope.ended && !this.#telling) void this.#tellAll(scope);
  }

  async #tellAll(scope: Scope): Promise<void> {
    const { tell, timings, random } = this.#options;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    let refused: { value: T } | undefined;
    this.#telling = true;
    while (!this.#told || this.#told.value !== this.#wanted) {
      const value = this.#wanted;
      if (refused && refused.value === value) break;
      this.#told = undefined;
      let error: ChatError | null = null;
      try {
        await tell(value, scope);
      } catch (thrown) {
        error = asChatError(thrown);
      }
      if (scope.ended || this.#scope !== scope) return;
      if (error === null) {
        this.#told = { value };
        backoff.reset();
      } else if (!error.retryable) refused = { value };
      else if (!(await scope.sleep(backoff.next(error.retryAfterMs))) || this.#scope !== scope) return;
    }
    this.#telling = false;
  }
}
