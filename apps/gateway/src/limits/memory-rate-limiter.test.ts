import { describe, expect, it } from 'vitest';
import { DEFAULT_SEND_RATE } from '@parley/protocol';
import { loadConfig } from '@parley/runtime';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';

describe('the rate limiter', () => {
  it('lets a burst through, then the sustained rate, and says how long to wait', () => {
    let now = 0;
    const limiter = createMemoryRateLimiter({ perSecond: 10, burst: 3, now: () => now });
    const take = () => limiter.take('a');
    expect([take(), take(), take()]).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(take()).toEqual({ ok: false, retryAfterMs: 100 });
    now += 60;
    expect(take()).toEqual({ ok: false, retryAfterMs: 40 });
    now += 40;
    expect(take()).toEqual({ ok: true });
    expect(take()).toMatchObject({ ok: false });
    now += 60_000;
    expect([take(), take(), take()].every((each) => 'ok' in each && each.ok)).toBe(true);
    expect(take()).toMatchObject({ ok: false });
  });

  it('counts each key alone, and remembers no more than it may', () => {
    const limiter = createMemoryRateLimiter({ perSecond: 1, burst: 1, maxKeys: 2, now: () => 0 });
    expect(limiter.take('a')).toEqual({ ok: true });
    expect(limiter.take('b')).toEqual({ ok: true });
    expect(limiter.take('a')).toMatchObject({ ok: false });
    expect(limiter.take('c')).toEqual({ ok: true });
    expect(limiter.take('a')).toMatchObject({ ok: false });
    expect(limiter.take('b')).toEqual({ ok: true });
  });

  it('has the default that the protocol names', () => {
    expect(loadConfig('gateway', {})).toMatchObject({ sendRate: DEFAULT_SEND_RATE.perSecond, sendBurst: DEFAULT_SEND_RATE.burst });
  });
});
