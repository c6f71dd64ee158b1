import { StoreUnavailable, type ServerActs } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { InForce } from './in-force.ts';
import { ACTS_PAGE, SWEPT_AT_ONCE, type FollowTimes } from './limits.ts';

/** Users for whom something has changed; `'all'`: it was all read anew. */
export type Changed = ReadonlySet<UserId> | 'all';

export type ActsFollowerOptions = {
  acts: ServerActs;
  times: FollowTimes;
  /** Told when what is in force has changed, and for whom. */
  onChange: (changed: Changed) => void;
  /** Told of what is no matter of the store being away. */
  onDefect: (error: unknown) => void;
};

/**
 * Reads all that is in force, and from then on every act that is added: on a hint at once, without one by looking regularly. One
 * question at a time, so that acts are folded in their order. While the store is away what was read last holds.
 */
export class ActsFollower {
  readonly #options: ActsFollowerOptions;
  readonly #unwatch: () => void;
  #inForce: InForce | null = null;
  /** The look under way, and one that begins after it. */
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #reviewAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ActsFollowerOptions) {
    this.#options = options;
    this.#unwatch = options.acts.watchActs(() => void this.#look());
    void this.#look();
  }

  /** `null`: not read yet. */
  get inForce(): InForce | null {
    return this.#inForce;
  }

  /** Resolves once all is known that was stored before the call. Throws `StoreUnavailable`. */
  catchUp(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#looking) return this.#begin();
    // What is under way may have asked too early.
    this.#next = this.#looking.catch(() => {}).then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    clearTimeout(this.#timer);
  }

  /** A failure is no more than a look in vain: the next one comes by itself. */
  async #look(): Promise<void> {
    try {
      await this.catchUp();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#options.onDefect(error);
    }
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    const looking = this.#read().finally(() => {
      if (this.#looking === looking) this.#looking = null;
      if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), this.#options.times.pollMs * (0.8 + Math.random() * 0.4));
    });
    this.#looking = looking;
    return looking;
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    if (!this.#inForce || await this.#isOutdated()) return this.#readAll();
    this.#inForce.sweep(Date.now(), SWEPT_AT_ONCE);
    const changed = await this.#readOn(this.#inForce);
    if (changed) this.#options.onChange(changed);
  }

  /** Whether the store has fewer acts than were read from it, so that new ones would be taken for old. */
  async #isOutdated(): Promise<boolean> {
    const now = performance.now();
    if (now < this.#reviewAt) return false;
    const { upTo } = await this.#options.acts.inForce(Number.MAX_SAFE_INTEGER, 1);
    this.#reviewAt = now + this.#options.times.reviewMs;
    return upTo < (this.#inForce?.serial ?? 0);
  }

  async #readAll(): Promise<void> {
    const { acts } = this.#options;
    const fresh = new InForce();
    let page = await acts.inForce(0, ACTS_PAGE);
    const { upTo } = page;
    for (;;) {
      for (const act of page.acts) fresh.apply(act);
      const last = page.acts.at(-1);
      if (!page.more || !last) break;
      page = await acts.inForce(last.serial, ACTS_PAGE);
    }
    // What was undone while the pages were read is told by an act above the first page's `upTo`.
    fresh.serial = upTo;
    await this.#readOn(fresh);
    this.#reviewAt = performance.now() + this.#options.times.reviewMs;
    this.#inForce = fresh;
    this.#options.onChange('all');
  }

  /** Whom what is new is about; `null`: nothing is new. */
  async #readOn(inForce: InForce): Promise<Set<UserId> | null> {
    for (let changed: Set<UserId> | null = null; ;) {
      const acts = await this.#options.acts.actsAfter(inForce.serial, ACTS_PAGE);
      if (acts.length === 0) return changed;
      changed ??= new Set();
      for (const act of acts) {
        inForce.apply(act);
        if ('userId' in act) changed.add(act.userId);
      }
    }
  }
}
