/** The time of one connection: its timers and pauses end with it, so nothing of an old connection acts in a new one. */
export class Scope {
  #ended = false;
  readonly #cancels = new Set<() => void>();

  get ended(): boolean {
    return this.#ended;
  }

  /** Calls `then` after `ms`, unless the scope ends or the returned function is called first. */
  after(ms: number, then: () => void): () => void {
    if (this.#ended) return () => {};
    const timer = setTimeout(() => {
      this.#cancels.delete(cancel);
      then();
    }, ms);
    const cancel = (): void => {
      clearTimeout(timer);
      this.#cancels.delete(cancel);
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  /** Resolves after `ms` with true, or with false as soon as the scope ends. */
  sleep(ms: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#cancels.delete(finish);
        resolve(!this.#ended);
      };
      const timer = setTimeout(finish, ms);
      this.#cancels.add(finish);
    });
  }

  end(): void {
    this.#ended = true;
    for (const cancel of this.#cancels) cancel();
  }
}
