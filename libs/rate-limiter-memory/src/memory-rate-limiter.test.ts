import { describe, expect, it } from 'vitest';
import { CONTRACT_LIMITS, rateLimiterContract } from '@parley/testkit/contracts/rate-limiter';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';

rateLimiterContract('memory', () => Promise.resolve({ limiter: createMemoryRateLimiter({ limits: CONTRACT_LIMITS }), stop: () => Promise.resolve() }));

describe('the rate limiter in memory', () => {
  it('says to the millisecond how long to wait', () => {
    let now = 0;
    const limiter = createMemoryRateLimiter({ limits: { ...CONTRACT_LIMITS, user_sends: { perSecond: 10, burst: 3 } }, now: () => now });
    const take = () => limiter.take([{ limit: 'user_sends', key: 'a' }]);
    expect([take(), take(), take()]).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(take()).toEqual({ ok: false, limit: 'user_sends', retryAfterMs: 100 });
    now += 60;
    expect(take()).toEqual({ ok: false, limit: 'user_sends', retryAfterMs: 40 });
    now += 40;
    expect(take()).toEqual({ ok: true });
  });

  it('remembers no more buckets than it may, and forgets the longest unused', () => {
    const limiter = createMemoryRateLimiter({ limits: CONTRACT_LIMITS, maxKeys: 2, now: () => 0 });
    const take = (key: string) => limiter.take([{ limit: 'address_sign_ins', key }]).ok;
    expect([take('a'), take('b'), take('a'), take('c')]).toEqual([true, true, false, true]);
    expect([take('a'), take('b')]).toEqual([false, true]);
  });
});
