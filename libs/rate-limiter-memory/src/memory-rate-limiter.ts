import { LRUCache } from 'lru-cache';
import type { LimitName, Limits, RateDecision, RateLimiter, Take } from '@parley/domain';

type Bucket = { tokens: number; at: number };

export type MemoryRateLimiterOptions = {
  limits: Limits;
  /** Buckets remembered of each limit. One that is forgotten starts full, which it nearly was if it was the longest unused. */
  maxKeys?: number;
  /** Milliseconds, monotone. */
  now?: () => number;
};

export interface MemoryRateLimiter extends RateLimiter {
  take(takes: readonly Take[]): RateDecision;
}

const GRANTED: RateDecision = { ok: true };

/** Token buckets in this process. Answers at once. */
export const createMemoryRateLimiter = ({ limits, maxKeys = 100_000, now = () => performance.now() }: MemoryRateLimiterOptions): MemoryRateLimiter => {
  const byLimit = new Map<LimitName, LRUCache<string, Bucket>>();

  const filled = (name: LimitName, key: string, at: number): Bucket => {
    let buckets = byLimit.get(name);
    if (!buckets) byLimit.set(name, buckets = new LRUCache({ max: maxKeys }));
    const { burst, perSecond } = limits[name];
    let bucket = buckets.get(key);
    if (!bucket) buckets.set(key, bucket = { tokens: burst, at });
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * perSecond) / 1000);
    bucket.at = at;
    return bucket;
  };

  return {
    take: (takes) => {
      const at = now();
      let refused: Extract<RateDecision, { ok: false }> | undefined;
      const taken: [Bucket, number][] = [];
      for (const { limit, key, cost = 1 } of takes) {
        const { burst, perSecond } = limits[limit];
        const bucket = filled(limit, key, at);
        const tokens = Math.min(cost, burst);
        taken.push([bucket, tokens]);
        if (bucket.tokens >= tokens) continue;
        const retryAfterMs = Math.max(1, Math.ceil(((tokens - bucket.tokens) * 1000) / perSecond));
        if (!refused || refused.retryAfterMs < retryAfterMs) refused = { ok: false, limit, retryAfterMs };
      }
      if (refused) return refused;
      for (const [bucket, tokens] of taken) bucket.tokens -= tokens;
      return GRANTED;
    },
  };
};
