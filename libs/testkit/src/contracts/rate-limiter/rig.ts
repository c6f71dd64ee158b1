import type { LimitName, Limits, RateDecision, RateLimiter } from '@parley/domain';

/** A running limiter. */
export type RateLimiterRig = { limiter: RateLimiter; stop: () => Promise<void> };

export type RateLimiterCase = { name: string; run(limiter: RateLimiter): Promise<void> };

/** What the contract is run with: an adapter is started with these. Each case uses keys of its own. */
export const CONTRACT_LIMITS: Limits = {
  user_sends: { perSecond: 5, burst: 10 },
  user_reads: { perSecond: 1_000, burst: 500 },
  user_joins: { perSecond: 1, burst: 100 },
  user_signals: { perSecond: 1, burst: 20, unshared: true },
  user_reports: { perSecond: 1, burst: 5 },
  room_changes: { perSecond: 1, burst: 3 },
  address_sign_ins: { perSecond: 1, burst: 1 },
  address_connections: { perSecond: 2, burst: 1 },
};

let keys = 0;
export const freshKey = (): string => `${process.pid}-${(keys += 1)}`;

export const grantedOf = async (limiter: RateLimiter, limit: LimitName, key: string, takes: number): Promise<number> => {
  const decisions = await Promise.all(Array.from({ length: takes }, async () => limiter.take([{ limit, key }])));
  return decisions.filter(({ ok }) => ok).length;
};

export const refusal = (decision: RateDecision): { limit: LimitName; retryAfterMs: number } => {
  if (decision.ok) throw new Error('it was granted');
  return decision;
};
