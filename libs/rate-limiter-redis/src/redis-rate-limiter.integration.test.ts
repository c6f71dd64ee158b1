import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Redis } from 'ioredis';
import type { Limits } from '@parley/domain';
import { createMemoryRateLimiter } from '@parley/rate-limiter-memory';
import { afterTests, waitFor, withRedis } from '@parley/testkit';
import { CONTRACT_LIMITS, rateLimiterContract } from '@parley/testkit/contracts/rate-limiter';
import { connectRedisRateLimiter, type RedisRateLimiter } from './redis-rate-limiter.ts';

const cleanup = afterTests();

type Options = Partial<Parameters<typeof connectRedisRateLimiter>[0]> & { url: string };

const open = async ({ limits = CONTRACT_LIMITS, ...options }: Options): Promise<RedisRateLimiter> => {
  const limiter = connectRedisRateLimiter({ region: 'main', limits, fallback: createMemoryRateLimiter({ limits }), ...options });
  await waitFor('Redis to decide', () => limiter.shared);
  return limiter;
};

rateLimiterContract('redis', async () => {
  let stopServer = (): Promise<void> => Promise.resolve();
  const redis = await withRedis({ cleanup: (cleanup) => { stopServer = cleanup; } });
  // A busy machine must not make this a test of the fallback.
  const limiter = await open({ url: redis.url, answerWithinMs: 5_000 });
  return {
    limiter,
    stop: async () => {
      limiter.close();
      await stopServer();
    },
  };
});

describe('rate limiters that share a Redis', () => {
  const LIMITS: Limits = { ...CONTRACT_LIMITS, user_sends: { perSecond: 100, burst: 300 }, user_reads: { perSecond: 1, burst: 10 } };
  let redis: Awaited<ReturnType<typeof withRedis>>;
  beforeAll(async () => {
    redis = await withRedis({ cleanup });
  });
  let keys = 0;
  const freshKey = (): string => `key-${(keys += 1)}`;
  const limiter = async (options: Partial<Options> = {}): Promise<RedisRateLimiter> => {
    const opened = await open({ url: redis.url, limits: LIMITS, ...options });
    onTestFinished(() => opened.close());
    return opened;
  };
  const count = async (each: RedisRateLimiter, key: string, takes: number, limit: 'user_sends' | 'user_reads' = 'user_sends') =>
    (await Promise.all(Array.from({ length: takes }, async () => each.take([{ limit, key }])))).filter(({ ok }) => ok).length;

  it('share the budget of a key', async () => {
    const [one, other] = [await limiter({ answerWithinMs: 5_000 }), await limiter({ answerWithinMs: 5_000 })];
    const key = freshKey();
    const began = performance.now();
    const granted = await Promise.all([count(one, key, 300), count(other, key, 300)]);
    const cameBack = ((performance.now() - began) / 1_000) * LIMITS.user_sends.perSecond;
    const sum = granted[0] + granted[1];
    expect(sum).toBeLessThanOrEqual(300 + cameBack);
    expect(sum).toBeGreaterThanOrEqual(300 - 20);
    expect(await one.take([{ limit: 'user_reads', key }])).toEqual({ ok: true });
    expect(await count(other, key, 20, 'user_reads')).toBe(9);
  });

  it('keep no bucket that is full, and none of another region is theirs', async () => {
    const [one, far] = [await limiter({ answerWithinMs: 5_000 }), await limiter({ region: 'far', answerWithinMs: 5_000 })];
    const key = freshKey();
    expect(await count(one, key, 20, 'user_reads')).toBe(10);
    expect(await count(far, key, 20, 'user_reads')).toBe(10);
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const [found = ''] = await client.keys(`*main*${key}`);
    const ttl = await client.pttl(found);
    expect(ttl).toBeGreaterThan(8_000);
    expect(ttl).toBeLessThanOrEqual(10_000);
    await one.take([{ limit: 'user_sends', key: 'soon full' }]);
    await waitFor('the bucket to be full', async () => (await client.keys('*soon full')).length === 0);
  });

  it('hold it to the clock of Redis: one whose own clock is off takes no more', async () => {
    const own = await limiter({ answerWithinMs: 5_000 });
    const key = freshKey();
    expect(await count(own, key, 20, 'user_reads')).toBe(10);
    const ahead = await limiter({ answerWithinMs: 5_000 });
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    onTestFinished(() => { Date.now = now; });
    expect(await count(ahead, key, 20, 'user_reads')).toBe(0);
  });

  it('begin anew after a FLUSHALL, and after SCRIPT FLUSH', async () => {
    const one = await limiter({ answerWithinMs: 5_000 });
    const key = freshKey();
    expect(await count(one, key, 20, 'user_reads')).toBe(10);
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    await client.flushall();
    await client.script('FLUSH');
    // What was refused is known here until the bucket would have refilled.
    await waitFor('the bucket to be full again', async () => (await one.take([{ limit: 'user_reads', key, cost: 1 }])).ok);
    expect(await count(one, freshKey(), 20, 'user_reads')).toBe(10);
    expect(one.shared).toBe(true);
  });
});

describe('a rate limiter whose Redis fails', () => {
  const LIMITS: Limits = { ...CONTRACT_LIMITS, user_reads: { perSecond: 1, burst: 10 } };
  const rig = async () => {
    const redis = await withRedis();
    const changes: boolean[] = [];
    const limiter = await open({ url: redis.url, limits: LIMITS, onShared: (shared) => changes.push(shared) });
    onTestFinished(() => limiter.close());
    return { redis, changes, limiter };
  };
  const count = async (limiter: RedisRateLimiter, key: string) =>
    (await Promise.all(Array.from({ length: 50 }, async () => limiter.take([{ limit: 'user_reads', key }])))).filter(({ ok }) => ok).length;

  it('decides by its own buckets at once when Redis is killed, and asks Redis again when it is back', async () => {
    const { redis, changes, limiter } = await rig();
    await redis.kill();
    await waitFor('the loss to be noticed', () => !limiter.shared);
    const began = performance.now();
    for (let n = 0; n < 20; n += 1) expect(await count(limiter, `local ${n}`)).toBe(10);
    expect(performance.now() - began).toBeLessThan(1_000);
    await redis.restart();
    await waitFor('Redis to decide again', () => limiter.shared);
    expect(await count(limiter, 'shared')).toBe(10);
    expect(changes).toEqual([true, false, true]);
  });

  it('waits for a frozen Redis once, not per command', async () => {
    const { redis, limiter } = await rig();
    process.kill(redis.pid, 'SIGSTOP');
    try {
      const first = performance.now();
      expect(await count(limiter, 'frozen')).toBe(10);
      expect(performance.now() - first).toBeLessThan(2_000);
      expect(limiter.shared).toBe(false);
      const began = performance.now();
      for (let n = 0; n < 200; n += 1) await limiter.take([{ limit: 'user_reads', key: `frozen ${n}` }]);
      // Not so much as a turn of the loop each.
      expect(performance.now() - began).toBeLessThan(1_000);
      await pause(300);
      expect(limiter.shared).toBe(false);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
    await waitFor('Redis to decide again', () => limiter.shared);
    expect(await count(limiter, 'thawed')).toBe(10);
  });

  it('goes on by its own buckets when Redis answers with errors', async () => {
    const { redis, limiter } = await rig();
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    await client.config('SET', 'maxmemory', '1');
    expect(await count(limiter, 'full')).toBe(10);
    expect(limiter.shared).toBe(false);
    await client.config('SET', 'maxmemory', '0');
    await waitFor('Redis to decide again', () => limiter.shared);
  });

  it('starts without Redis', async () => {
    const limiter = connectRedisRateLimiter({ url: 'redis://127.0.0.1:1', region: 'main', limits: LIMITS, fallback: createMemoryRateLimiter({ limits: LIMITS }) });
    onTestFinished(() => limiter.close());
    expect(await count(limiter, 'alone')).toBe(10);
    expect(limiter.shared).toBe(false);
  });
});
