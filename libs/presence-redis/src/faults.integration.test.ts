import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newUserId, PRESENCE_STALE_MS, type Presence, type Seen } from '@parley/domain';
import type { RoomId, UserId } from '@parley/protocol';
import { freePort, waitFor, withRedis } from '@parley/testkit';
import { newRoomId, watchPresence, type Watched } from '@parley/testkit/contracts/presence';
import { presenceKeys } from './keys.ts';
import { connectRedisPresence } from './redis-presence.ts';
import { DEFAULT_PRESENCE_TIMES, staleMsOf, type PresenceTimes } from './times.ts';

/** As the defaults to each other, and quicker. */
const QUICK: Partial<PresenceTimes> = { lease: 1_500, renewEvery: 200, writeEvery: 50, verifyEvery: 500, answerWithin: 400, silent: 1_500, settle: 2_000, unknownAfter: 60_000 };

const connect = (url: string, times: Partial<PresenceTimes> = QUICK): Presence => {
  const presence = connectRedisPresence({ url, region: 'main', times });
  onTestFinished(() => presence.close());
  return presence;
};

const rawClient = (url: string): Redis => {
  const client = new Redis(url);
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
};

describe('presence in Redis', () => {
  let redis: Awaited<ReturnType<typeof withRedis>>;
  let one: Presence;
  let other: Presence;
  let ada: UserId;
  let bob: UserId;
  let roomId: RoomId;
  let watched: Watched;
  const both = () => watched.shows([ada, 'online'], [bob, 'online']);
  const complete = () => waitFor('all to be known for certain', () => watched.room.complete, { deadlineMs: 20_000 });

  beforeEach(async () => {
    redis = await withRedis();
    [one, other] = [connect(redis.url), connect(redis.url)];
    [ada, bob, roomId] = [newUserId(), newUserId(), newRoomId()];
    await waitFor('Redis to be reached', () => one.live && other.live);
    one.set(roomId, ada, 'online');
    other.set(roomId, bob, 'online');
    watched = await watchPresence(one, roomId);
    await both();
    await complete();
    watched.changes.length = 0;
  });

  /** Nobody was seen to go or come, only that it was not certain for a while. */
  const expectNoFlicker = () => expect(watched.changes.filter((change) => change !== null)).toEqual([]);

  it('is said anew after FLUSHALL, and nobody is seen to go', async () => {
    await rawClient(redis.url).flushall();
    await waitFor('it to be uncertain', () => !watched.room.complete);
    await both();
    await complete();
    await both();
    expectNoFlicker();
    // It is in Redis again, too.
    const late = await watchPresence(connect(redis.url), roomId);
    await late.shows([ada, 'online'], [bob, 'online']);
  });

  it('is said anew after Redis was killed and came back empty, also what changed meanwhile', async () => {
    await redis.kill();
    await waitFor('the loss to be noticed', () => !watched.room.complete && !one.live && !other.live);
    await both();
    expectNoFlicker();
    const cy = newUserId();
    one.set(roomId, cy, 'away');
    other.set(roomId, cy, 'online');
    expect(watched.room.statusOf(cy)).toBe('away');
    other.unset(roomId, bob, 77);
    await redis.restart();
    await watched.shows([ada, 'online'], [cy, 'online']);
    await complete();
    expect(watched.changes.filter((change) => change?.userId === ada)).toEqual([]);
  });

  it('hangs nowhere while Redis stands still, and goes on after', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    try {
      await waitFor('the loss to be noticed', () => !watched.room.complete && !one.live && !other.live);
      const began = performance.now();
      const cy = newUserId();
      one.set(roomId, cy, 'online');
      const elsewhere = await watchPresence(one, newRoomId());
      expect(performance.now() - began).toBeLessThan(DEFAULT_PRESENCE_TIMES.firstReading + 1_000);
      expect(elsewhere.room.complete).toBe(false);
      expect(watched.room.statusOf(cy)).toBe('online');
      expect(watched.room.statusOf(bob)).toBe('online');
      one.unset(roomId, cy, 1);
      // Longer than any lease.
      await sleep(3_000);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
    await complete();
    await both();
    expect(watched.changes.filter((change) => change?.userId === ada || change?.userId === bob)).toEqual([]);
  });

  it('of others is unknown once Redis has been away for long, and their own users are not', async () => {
    const soon = connect(redis.url, { ...QUICK, unknownAfter: 300 });
    const view = await watchPresence(soon, roomId);
    await view.shows([ada, 'online'], [bob, 'online']);
    soon.set(roomId, ada, 'away');
    await redis.kill();
    await view.shows([ada, 'away'], [bob, 'unknown']);
    await redis.restart();
    await view.shows([ada, 'online'], [bob, 'online']);
  });

  it('begins without Redis, and is shared once it is there', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const [first, second] = [connect(url), connect(url)];
    first.set(roomId, ada, 'online');
    const view = await watchPresence(second, roomId);
    expect([view.room.complete, view.room.online]).toEqual([false, 0]);
    await withRedis({ port });
    await view.shows([ada, 'online']);
    await waitFor('it to be certain', () => view.room.complete);
  });

  it('finds a change of which no message came', async () => {
    const client = rawClient(redis.url);
    const keys = presenceKeys('main');
    const versions = await client.hgetall(keys.versions(roomId));
    const [node] = await Promise.all(Object.keys(versions).map(async (each) => ((await client.hexists(keys.records(roomId, each), bob)) ? each : ''))).then((names) => names.filter(Boolean));
    const cy = newUserId();
    await client.hset(keys.records(roomId, node!), cy, 'away');
    await client.hincrbyfloat(keys.versions(roomId), node!, 0.5);
    await watched.shows([ada, 'online'], [bob, 'online'], [cy, 'away']);
  });

  it('subscribes and reads again after a lost connection', async () => {
    const client = rawClient(redis.url);
    for (let round = 0; round < 3; round += 1) {
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      const cy = newUserId();
      other.set(roomId, cy, 'online');
      await watched.shows([ada, 'online'], [bob, 'online'], [cy, 'online']);
      other.unset(roomId, cy, 1);
      await both();
    }
    await complete();
  });

  it('leaves nothing in Redis of those who are gone, whoever they were', async () => {
    const client = rawClient(redis.url);
    const gone: Seen[] = [];
    one.onSeen((seen) => gone.push(...seen));
    await other.close();
    await watched.shows([ada, 'online']);
    await waitFor('it to be cleared up', async () => {
      const keys = await client.keys('*');
      return keys.filter((key) => key.includes(':by:')).length === 1 && (await client.hlen(presenceKeys('main').versions(roomId))) === 1;
    });
    await waitFor('it to be noted when', () => gone.length > 0);
    expect(gone[0]!.userId).toBe(bob);
    expect(Math.abs(Date.now() - gone[0]!.at)).toBeLessThan(30_000);
    one.unset(roomId, ada, 1);
    await watched.shows();
    await waitFor('nothing to be left', async () => (await client.keys('*')).every((key) => key.includes('{live}')));
    for (const key of await client.keys('*')) expect(await client.pttl(key)).toBeGreaterThan(0);
  });
});

describe('users of a process that was killed', () => {
  it(`are gone at the others within ${staleMsOf(DEFAULT_PRESENCE_TIMES)} ms, whenever it was killed`, async () => {
    const redis = await withRedis();
    const presence = connect(redis.url, {});
    const roomId = newRoomId();
    const view = await watchPresence(presence, roomId);
    const killed = await Promise.all(Array.from({ length: 6 }, async (_, n) => {
      const userId = newUserId();
      const child = spawn(process.execPath, [fileURLToPath(new URL('testing/process.ts', import.meta.url)), redis.url, roomId, userId], { stdio: 'inherit' });
      onTestFinished(() => void child.kill('SIGKILL'));
      await waitFor('the user to be there', () => view.room.statusOf(userId) === 'online', { deadlineMs: 30_000 });
      // At another moment between two renewals each.
      await sleep(n * 170);
      child.kill('SIGKILL');
      const at = performance.now();
      await waitFor('the user to be gone', () => view.room.statusOf(userId) === 'offline', { deadlineMs: 30_000, intervalMs: 5 });
      return performance.now() - at;
    }));
    console.log(`gone after ${killed.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
    expect(Math.max(...killed)).toBeLessThan(PRESENCE_STALE_MS);
    expect(Math.min(...killed)).toBeGreaterThan(DEFAULT_PRESENCE_TIMES.lease - DEFAULT_PRESENCE_TIMES.renewEvery - 500);
  });
});
