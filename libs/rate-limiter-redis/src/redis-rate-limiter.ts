import type { Limits, RateDecision, RateLimiter, Take } from '@parley/domain';
import { Leases, type Outcome } from './leases.ts';
import { connectRedisBuckets } from './redis-buckets.ts';

export type RedisRateLimiterOptions = {
  url: string;
  /** Part of every key, so that regions may share a Redis. */
  region: string;
  limits: Limits;
  /** Decides while Redis is away, and about what is not shared. */
  fallback: RateLimiter;
  /** Redis decides from now on, or the fallback does. */
  onShared?: (shared: boolean) => void;
  /** After so many milliseconds without an answer Redis counts as away, until it answers again. */
  answerWithinMs?: number;
};

export type RedisRateLimiter = RateLimiter & {
  /** Whether Redis decides at present. */
  readonly shared: boolean;
  close(): void;
};

const GRANTED: RateDecision = { ok: true };

/** Token buckets in Redis, shared by all processes that use it. Starts without Redis too. */
export const connectRedisRateLimiter = ({ url, region, limits, fallback, onShared = () => undefined, answerWithinMs = 50 }: RedisRateLimiterOptions): RedisRateLimiter => {
  const buckets = connectRedisBuckets({ url, region, answerWithinMs, onShared });
  const leases = new Leases({ ask: (...question) => buckets.ask(...question) });

  const decide = (takes: readonly Take[], outcomes: readonly Outcome[]): Promise<RateDecision> | RateDecision => {
    if (outcomes.every((outcome) => outcome?.ok)) return GRANTED;
    let refused: Extract<RateDecision, { ok: false }> | undefined;
    takes.forEach((take, n) => {
      const outcome = outcomes[n];
      if (outcome?.ok) leases.giveBack(take, limits[take.limit]);
      else if (outcome && (refused?.retryAfterMs ?? -1) < outcome.retryAfterMs) refused = { ok: false, limit: take.limit, retryAfterMs: outcome.retryAfterMs };
    });
    return refused ?? fallback.take(takes);
  };

  return {
    get shared() {
      return buckets.shared;
    },
    take: (takes) => {
      if (!buckets.shared || takes.every(({ limit }) => limits[limit].unshared)) return fallback.take(takes);
      const outcomes = takes.map((take) => leases.take(take, limits[take.limit]));
      return outcomes.some((outcome) => outcome instanceof Promise)
        ? Promise.all(outcomes.map((outcome) => Promise.resolve(outcome))).then((known) => decide(takes, known))
        : decide(takes, outcomes as Outcome[]);
    },
    close: () => buckets.close(),
  };
};
