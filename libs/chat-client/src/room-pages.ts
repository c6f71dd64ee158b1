import type { After, CommandResponse } from '@parley/protocol';
import { Backoff } from './backoff.ts';
import { asChatError, localError } from './errors.ts';
import type { Timings } from './options.ts';
import type { RoomView } from './room-view.ts';
import type { Scope } from './scope.ts';

export type RoomPagesOptions = {
  view: RoomView;
  /** How far the log is known; `null` while the room is not loaded. */
  cursor: () => After | null;
  /** Counts how often the room was loaded anew. */
  load: () => number;
  /** Whether the room is loaded, and open. */
  ready: () => boolean;
  history: (before?: number, limit?: number) => Promise<CommandResponse<'room:history'>>;
  timings: Timings;
  random: () => number;
  onChange: () => void;
};

/** Reads of one page of history, each overtaken by the room, before giving up. */
const MAX_PAGE_TRIES = 5;

/** What is read of a room's history after it was loaded: older pages, and messages that were shown again. */
export class RoomPages {
  readonly #options: RoomPagesOptions;
  #loadingOlder: Promise<boolean> | null = null;
  #filling: Scope | null = null;

  constructor(options: RoomPagesOptions) {
    this.#options = options;
  }

  /** One at a time: a second call shares the first. */
  loadOlder(): Promise<boolean> {
    this.#loadingOlder ??= this.#older().finally(() => (this.#loadingOlder = null));
    return this.#loadingOlder;
  }

  /** Fetches what was hidden when it was read and is shown again. One at a time, within the connection. */
  fill(scope: Scope | null): void {
    if (!scope || scope.ended || this.#filling === scope || !this.#options.view.missing) return;
    this.#filling = scope;
    void this.#fill(scope).finally(() => {
      if (this.#filling === scope) this.#filling = null;
    });
  }

  async #older(): Promise<boolean> {
    const { view, cursor, load, ready, history, onChange } = this.#options;
    for (let tries = 0; view.hasOlder && ready(); tries += 1) {
      if (tries === MAX_PAGE_TRIES) throw localError('unavailable', 'the history changes faster than it can be read');
      const { epoch } = cursor() ?? { epoch: 0 };
      const loaded = load();
      const { from } = view;
      const page = await history(from);
      const now = cursor();
      // The room was loaded anew or its view moved meanwhile: this page does not fit before it any more.
      if (!now || now.epoch !== epoch || page.epoch !== epoch || loaded !== load() || from !== view.from) continue;
      if (!view.prepend(page, now.seq)) continue;
      onChange();
      return true;
    }
    return false;
  }

  async #fill(scope: Scope): Promise<void> {
    const { view, cursor, load, history, timings, random, onChange } = this.#options;
    const backoff = new Backoff(timings.retryMinMs, timings.retryMaxMs, random);
    for (let next = view.missing; next && !scope.ended; next = view.missing) {
      const loaded = load();
      try {
        const page = await history(next.seq + 1, 1);
        const now = cursor();
        if (scope.ended || !now || page.epoch !== now.epoch || loaded !== load()) return;
        // A page that is behind what is known tells it as hidden still.
        if (page.seq < next.restoredAt) throw localError('unavailable', 'the history is behind the room');
        view.fill(next.id, page, now.seq);
        backoff.reset();
        onChange();
      } catch (thrown) {
        const error = asChatError(thrown);
        if (!error.retryable) view.fill(next.id, null, 0);
        else if (!(await scope.sleep(backoff.next(error.retryAfterMs)))) return;
      }
    }
  }
}
