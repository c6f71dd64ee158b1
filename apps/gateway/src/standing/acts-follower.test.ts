import { setTimeout as sleep } from 'node:timers/promises';
import { newCmid, newUserId, StoreUnavailable, type ServerActs } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { expect, onTestFinished, test } from 'vitest';
import { ActsFollower, type Changed } from './acts-follower.ts';

const ban = (store: ServerActs, userId: UserId) => store.act({ act: 'user.banned', userId, until: null, reason: 'spam', by: null, cmid: newCmid() });
const unban = (store: ServerActs, userId: UserId) => store.act({ act: 'user.unbanned', userId, by: null, cmid: newCmid() });
const banned = (follower: ActsFollower, userId: UserId): boolean => Boolean(follower.inForce?.banOf(userId, Date.now()));

const follow = (acts: ServerActs, times: { pollMs?: number; reviewMs?: number } = {}) => {
  const changes: Changed[] = [];
  const defects: unknown[] = [];
  const follower = new ActsFollower({ acts, times: { pollMs: 60_000, reviewMs: 60_000, ...times }, onChange: (changed) => changes.push(changed), onDefect: (error) => defects.push(error) });
  onTestFinished(() => follower.close());
  return { follower, changes, defects };
};

test('what was in force before the start is known once all was read', async () => {
  const store = new MemoryModerationStore();
  const users = Array.from({ length: 1_201 }, () => newUserId());
  for (const userId of users) await ban(store, userId);
  await unban(store, users[0]!);
  const { follower, changes } = follow(store);
  expect(follower.inForce).toBeNull();
  await waitFor('all to be read', () => follower.inForce !== null);
  expect([follower.inForce?.bans, banned(follower, users[0]!), follower.inForce?.serial, changes]).toEqual([1_200, false, 1_202, ['all']]);
});

test('a hint brings what is new at once, and says whom it is about', async () => {
  const store = new MemoryModerationStore();
  const { follower, changes } = follow(store);
  await waitFor('the start', () => follower.inForce !== null);
  const userId = newUserId();
  await ban(store, userId);
  await waitFor('the ban', () => banned(follower, userId));
  expect(changes.at(-1)).toEqual(new Set([userId]));
});

test('without any hint it is known after the next look', async () => {
  const store = new MemoryModerationStore();
  store.serverActs.mute = true;
  const { follower } = follow(store, { pollMs: 20 });
  await waitFor('the start', () => follower.inForce !== null);
  const userId = newUserId();
  await ban(store, userId);
  await waitFor('the ban', () => banned(follower, userId));
});

test('while the store is away what was read holds, and it goes on once it is back', async () => {
  const store = new MemoryModerationStore();
  const [ada, bob] = [newUserId(), newUserId()];
  await ban(store, ada);
  const { follower, defects } = follow(store, { pollMs: 10 });
  await waitFor('the start', () => banned(follower, ada));
  store.away = true;
  await expect(follower.catchUp()).rejects.toThrow(StoreUnavailable);
  expect(banned(follower, ada)).toBe(true);
  store.away = false;
  await ban(store, bob);
  await waitFor('the ban', () => banned(follower, bob));
  expect(defects).toEqual([]);
});

test('a store that is away at the start is read when it comes', async () => {
  const store = new MemoryModerationStore();
  store.away = true;
  const { follower } = follow(store, { pollMs: 10 });
  await expect(follower.catchUp()).rejects.toThrow(StoreUnavailable);
  store.away = false;
  await waitFor('the start', () => follower.inForce !== null);
});

test('catching up knows all that was stored before, also while an earlier look is under way', async () => {
  const store = new MemoryModerationStore();
  store.serverActs.mute = true;
  const held = Promise.withResolvers<void>();
  let holds = false;
  const slow: ServerActs = {
    act: (act) => store.act(act),
    inForce: (...args) => store.inForce(...args),
    watchActs: (listener) => store.watchActs(listener),
    actsAfter: async (...args) => {
      const acts = await store.actsAfter(...args);
      if (holds) await held.promise;
      return acts;
    },
  };
  const { follower } = follow(slow);
  await waitFor('the start', () => follower.inForce !== null);
  holds = true;
  const early = follower.catchUp();
  await sleep(0);
  const userId = newUserId();
  await ban(store, userId);
  const late = [follower.catchUp(), follower.catchUp()];
  held.resolve();
  await Promise.all([early, ...late]);
  expect(banned(follower, userId)).toBe(true);
});

test('a store that was restored from a backup is read anew, or its new acts would be taken for old', async () => {
  const store = new MemoryModerationStore();
  const [ada, bob] = [newUserId(), newUserId()];
  await ban(store, newUserId());
  await ban(store, ada);
  const { follower } = follow(store, { pollMs: 10, reviewMs: 20 });
  await waitFor('the start', () => banned(follower, ada));
  store.serverActs.acts.splice(0);
  await ban(store, bob);
  await waitFor('the ban', () => banned(follower, bob));
  expect(banned(follower, ada)).toBe(false);
});
