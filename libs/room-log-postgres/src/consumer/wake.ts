/** Lets waiters sleep until something happens. */
export class Wake {
  #next = Promise.withResolvers<void>();

  /** Resolves at the next `now`. Take it before looking whether there is something to do. */
  next(): Promise<void> {
    return this.#next.promise;
  }

  now(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Until `woken`, or for `ms`. */
  async sleep(woken: Promise<void>, ms: number): Promise<void> {
    if (ms <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
    await Promise.race([woken, timeout]);
    clearTimeout(timer);
  }
}
