import type { Chance, ModerationStore } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';
import type { Standing } from '../judge/score.ts';
import type { ModerationLimits } from '../limits.ts';
import type { ModerationMetrics } from '../moderation-metrics.ts';

export type RecordsOptions = { store: Pick<ModerationStore, 'record'>; limits: ModerationLimits['record']; metrics: ModerationMetrics; chance: Chance };

/** What is known against users, for a while. Asked only of those whom something else makes suspect. */
export class Records {
  readonly #options: RecordsOptions;
  readonly #known: LRUCache<UserId, Promise<Standing | null>>;

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.#known = new LRUCache({ max: options.limits.users, ttl: options.limits.ttlMs });
  }

  /** `null`: nobody can tell, in time. A message is scored without it then. */
  async of(userId: UserId): Promise<Standing | null> {
    const known = this.#known.get(userId) ?? this.#ask(userId);
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), this.#options.limits.timeoutMs);
    const standing = await Promise.race([known, late.promise]);
    clearTimeout(timer);
    if (!standing) this.#options.metrics.recordMissed();
    return standing;
  }

  #ask(userId: UserId): Promise<Standing | null> {
    const { store, chance } = this.#options;
    const asked = store.record(userId, null, chance.now()).then(
      (record) => ({ upheld: record?.reports.upheld ?? 0, dismissed: record?.reports.dismissed ?? 0, sanctions: record?.sanctions.length ?? 0 }),
      () => {
        this.#known.delete(userId);
        return null;
      },
    );
    this.#known.set(userId, asked);
    return asked;
  }
}
