import { LRUCache } from 'lru-cache';
import type { RateLimiter } from '@parley/domain';

type Bucket = { tokens: number; at: number };

export type RateLimiterOptions = {
  perSecond: number;
  burst: number;
  /** Keys remembered. One that is forgotten starts full, which it nearly was if it was the longest unused. */
  maxKeys?: number;
  /** Milliseconds, monotone. */
  now?: () => number;
};

/** Token buckets in this process. */
export const createMemoryRateLimiter = ({ perSecond, burst, maxKeys = 100_000, now = () => performance.now() }: RateLimiterOptions): RateLimiter => {
  const buckets = new LRUCache<string, Bucket>({ max: maxKeys });
  return {
    take: (key, cost = 1) => {
      const at = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = { tokens: burst, at };
        buckets.set(key, bucket);
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * perSecond) / 1000);
      bucket.at = at;
      if (bucket.tokens >= cost) {
        bucket.tokens -= cost;
        return { ok: true };
      }
      return { ok: false, retryAfterMs: Math.max(1, Math.ceil(((cost - bucket.tokens) * 1000) / perSecond)) };
    },
  };
};
