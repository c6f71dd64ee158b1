import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { LEASE_SECONDS } from '@parley/domain';
import { CONTRACT_LIMITS, freshKey, grantedOf, refusal, type RateLimiterCase } from './rig.ts';

/** How far the two clocks and the scheduler may be off. */
const SLACK_MS = 100;

export const TAKING: readonly RateLimiterCase[] = [
  {
    name: 'grants a burst, however many ask at once, then refuses and says how long to wait',
    run: async (limiter) => {
      const key = freshKey();
      expect(await grantedOf(limiter, 'room_changes', key, 50)).toBe(3);
      const { limit, retryAfterMs } = refusal(await limiter.take([{ limit: 'room_changes', key }]));
      expect(limit).toBe('room_changes');
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(1_000);
      await pause(retryAfterMs + 10);
      expect(await limiter.take([{ limit: 'room_changes', key }])).toEqual({ ok: true });
      expect(await limiter.take([{ limit: 'room_changes', key }])).toMatchObject({ ok: false });
    },
  },
  {
    name: 'grants no more than the burst and what came back since',
    run: async (limiter) => {
      const key = freshKey();
      const { perSecond, burst } = CONTRACT_LIMITS.user_reads;
      const began = performance.now();
      let granted = 0;
      while (performance.now() - began < 600) {
        granted += await grantedOf(limiter, 'user_reads', key, 200);
        await pause(5);
      }
      const seconds = (performance.now() - began) / 1_000;
      expect(granted).toBeLessThanOrEqual(burst + perSecond * (seconds + SLACK_MS / 1_000));
      expect(granted).toBeGreaterThan(burst + perSecond * (seconds - SLACK_MS / 1_000 - LEASE_SECONDS));
    },
  },
  {
    name: 'counts each key and each limit alone',
    run: async (limiter) => {
      const [a, b] = [freshKey(), freshKey()];
      expect(await grantedOf(limiter, 'room_changes', a, 10)).toBe(3);
      expect(await grantedOf(limiter, 'room_changes', b, 10)).toBe(3);
      expect(await grantedOf(limiter, 'address_sign_ins', a, 10)).toBe(1);
    },
  },
  {
    name: 'takes from all buckets of a call or from none',
    run: async (limiter) => {
      const [user, room] = [freshKey(), freshKey()];
      const both = () => limiter.take([{ limit: 'user_sends', key: user }, { limit: 'room_changes', key: room }]);
      const decisions = [];
      for (let n = 0; n < 20; n += 1) decisions.push(await both());
      expect(decisions.filter(({ ok }) => ok)).toHaveLength(3);
      expect(refusal(decisions.at(-1)!).limit).toBe('room_changes');
      const spent = 3;
      expect(await grantedOf(limiter, 'user_sends', user, CONTRACT_LIMITS.user_sends.burst - spent)).toBe(CONTRACT_LIMITS.user_sends.burst - spent);
    },
  },
  {
    name: 'names the limit to wait longest for',
    run: async (limiter) => {
      const key = freshKey();
      const all = [{ limit: 'address_connections', key }, { limit: 'address_sign_ins', key }] as const;
      expect(await limiter.take(all)).toEqual({ ok: true });
      expect(refusal(await limiter.take(all)).limit).toBe('address_sign_ins');
      expect(refusal(await limiter.take(all)).limit).toBe('address_sign_ins');
    },
  },
  {
    name: 'weighs a cost, refuses what is too dear and grants what is not',
    run: async (limiter) => {
      const key = freshKey();
      const take = (cost: number) => limiter.take([{ limit: 'user_joins', key, cost }]);
      expect(await take(60)).toEqual({ ok: true });
      const { retryAfterMs } = refusal(await take(60));
      expect(retryAfterMs).toBeGreaterThan(19_000);
      expect(retryAfterMs).toBeLessThanOrEqual(20_000);
      expect(await take(39)).toEqual({ ok: true });
      expect(await take(10)).toMatchObject({ ok: false });
    },
  },
  {
    name: 'takes a cost above the burst for the burst',
    run: async (limiter) => {
      const key = freshKey();
      expect(await limiter.take([{ limit: 'user_joins', key, cost: 5_000 }])).toEqual({ ok: true });
      expect(await limiter.take([{ limit: 'user_joins', key }])).toMatchObject({ ok: false });
    },
  },
  {
    name: 'grants dear and cheap ones that ask at once no more than there is',
    run: async (limiter) => {
      const key = freshKey();
      const costs = [50, 1, 1, 80, 1, 30, 200, 1];
      const decisions = await Promise.all(costs.map(async (cost) => limiter.take([{ limit: 'user_joins', key, cost }])));
      const spent = costs.filter((_, n) => decisions[n]!.ok).reduce((sum, cost) => sum + cost, 0);
      expect(spent).toBe(84);
    },
  },
  {
    name: 'limits what is not shared too',
    run: async (limiter) => {
      expect(await grantedOf(limiter, 'user_signals', freshKey(), 50)).toBe(20);
    },
  },
];
