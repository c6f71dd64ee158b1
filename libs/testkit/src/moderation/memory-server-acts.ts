import type { InForcePage, NewServerAct, ServerAct, ServerActs, Unwatch } from '@parley/domain';

/** All acts there ever were: what is over is left to the reader. */
export class MemoryServerActs implements ServerActs {
  readonly acts: ServerAct[] = [];
  /** Set: nobody is told of new acts. */
  mute = false;
  readonly #listeners = new Set<() => void>();

  async act(act: NewServerAct): Promise<ServerAct> {
    const known = this.acts.find(({ by, cmid }) => by === act.by && cmid === act.cmid);
    if (known) return known;
    const stored: ServerAct = { ...act, serial: this.acts.length + 1, at: Date.now() };
    this.acts.push(stored);
    if (!this.mute) for (const listener of this.#listeners) listener();
    return stored;
  }

  async actsAfter(after: number, limit: number): Promise<ServerAct[]> {
    return this.acts.slice(after, after + limit);
  }

  async inForce(after: number, limit: number): Promise<InForcePage> {
    const acts = this.acts.slice(after, after + limit);
    return { acts, upTo: this.acts.length, more: after + acts.length < this.acts.length };
  }

  watchActs(listener: () => void): Unwatch {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}
