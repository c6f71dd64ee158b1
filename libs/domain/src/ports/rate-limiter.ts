export type RateDecision = { ok: true } | { ok: false; retryAfterMs: number };

/** Token buckets by key. Bounded: forgets the keys longest unused, which are full by then. */
export interface RateLimiter {
  take(key: string, cost?: number): Promise<RateDecision> | RateDecision;
}
