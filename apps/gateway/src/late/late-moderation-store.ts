import { ModerationByParts, StoreUnavailable, type ModerationAnswers, type ModerationStore, type Unwatch } from '@parley/domain';

/** A moderation store that is unavailable until the real one has been reached; who watches acts watches that one from then on. */
export class LateModerationStore extends ModerationByParts {
  #store: ModerationStore | null = null;
  readonly #watching = new Map<() => void, Unwatch>();

  /** The store is there from now on. */
  arrive(store: ModerationStore): void {
    this.#store = store;
    for (const listener of this.#watching.keys()) this.#watching.set(listener, store.watchActs(listener));
  }

  watchActs(listener: () => void): Unwatch {
    // The same function may watch twice, and each watch ends by itself.
    const own = (): void => listener();
    this.#watching.set(own, this.#store?.watchActs(own) ?? (() => {}));
    return () => {
      this.#watching.get(own)?.();
      this.#watching.delete(own);
    };
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  protected async ask<T>(question: (parts: ModerationAnswers) => Promise<T>): Promise<T> {
    if (!this.#store) throw new StoreUnavailable('the store was not reached yet');
    return question(this.#store);
  }
}
