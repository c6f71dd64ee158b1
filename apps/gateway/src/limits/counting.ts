import type { RateLimiter } from '@parley/domain';
import type { GatewayMetrics } from '../gateway-metrics.ts';

/** Counts what a limiter refuses, by limit. */
export const counting = (limiter: RateLimiter, { rateLimited }: GatewayMetrics): RateLimiter => ({
  take: async (takes) => {
    const decision = await limiter.take(takes);
    if (!decision.ok) rateLimited.inc({ limit: decision.limit });
    return decision;
  },
});
