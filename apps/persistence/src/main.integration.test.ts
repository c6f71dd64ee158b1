import { expect, onTestFinished, test } from 'vitest';
import { connectNats, regionOf } from '@parley/nats';
import { NatsRoomLog } from '@parley/room-log-nats';
import { NatsStore } from '@parley/store-nats';
import { freePort, waitFor as waitForIt, withNats, withPostgres } from '@parley/testkit';
import { actor, created, RoomScript, said } from '@parley/testkit/room-script';
import { spawnWorker, type SpawnedWorker } from './testing/spawn-worker.ts';

/** A process of its own takes its time where others want the processor. */
const waitFor = (what: string, condition: () => boolean | Promise<boolean>) => waitForIt(what, condition, { deadlineMs: 60_000 });

const cluster = async () => {
  const [postgres, server] = await Promise.all([withPostgres(), withNats()]);
  const env = { DATABASE_URL: postgres.url, NATS_URL: server.url, REGION: 'main' };
  const nats = await connectNats({ servers: server.url, name: 'gateway', reconnectDelayMs: 50 });
  onTestFinished(() => nats.close());
  return { postgres, server, env, nats, store: new NatsStore({ nats, region: 'main' }), openLog: () => NatsRoomLog.connect({ nats, region: regionOf('main') }) };
};
const caughtUp = (store: NatsStore, ...scripts: RoomScript[]) => waitFor('the rooms to be taken in', async () => {
  for (const script of scripts) if ((await store.seed(script.roomId))?.lastId !== script.lastId) return false;
  return true;
});
const shards = (workers: SpawnedWorker[]) => Promise.all(workers.map((worker) => worker.metric('persistence_shards')));

/** Two workers that share the shards, and ten rooms to write in. */
const twoAtWork = async () => {
  const { env, store, openLog } = await cluster();
  const [first, second] = await Promise.all([spawnWorker(env), spawnWorker(env)]);
  await Promise.all([first.ready(), second.ready()]);
  await waitFor('eight each', async () => (await shards([first, second])).join() === '8,8');
  const log = await openLog();
  onTestFinished(() => log.close());
  const scripts = await Promise.all(Array.from({ length: 10 }, async () => {
    const script = new RoomScript();
    await script.append(log, ...created(script.owner));
    return script;
  }));
  return { first, second, store, log, scripts };
};

test('two workers share the shards; kill -9 of one frees its own within seconds, and loses nothing', { timeout: 300_000 }, async () => {
  const { first, second, store, log, scripts } = await twoAtWork();
  const writing = Promise.all(scripts.map(async (script) => {
    for (let n = 0; n < 100; n += 1) await script.append(log, said(`message ${n}`, script.owner));
  }));
  await waitFor('the first to have taken something in', async () => (await first.metric('persistence_entries_total')) > 20);
  const killedAt = Date.now();
  await first.kill('SIGKILL');
  await waitFor('the second to own all', async () => (await second.metric('persistence_shards')) === 16);
  expect(Date.now() - killedAt < 15_000, 'within seconds').toBe(true);
  await writing;
  await caughtUp(store, ...scripts);
  for (const script of scripts) expect((await store.archive(script.roomId, 0, 1_000)).events).toStrictEqual(script.events);
  expect(await second.kill('SIGTERM')).toBe(0);
});

test('SIGTERM of one amid a load: it finishes its batch and leaves, the other takes over at once, nothing comes twice, no query fails', { timeout: 300_000 }, async () => {
  const { first, second, store, log, scripts } = await twoAtWork();
  const user = actor('Ada');
  await store.createUser(user);
  const over = new AbortController();
  const writing = Promise.all(scripts.map(async (script) => {
    while (!over.signal.aborted) await script.append(log, said('more', script.owner));
  }));
  let asked = 0;
  const asking = Promise.all(Array.from({ length: 8 }, async () => {
    for (; !over.signal.aborted; asked += 1) expect(await store.findUsers([user.id])).toHaveLength(1);
  }));
  await waitFor('both to be at work', async () => (await first.metric('persistence_entries_total')) > 100 && (await second.metric('persistence_entries_total')) > 100 && asked > 100);

  const told = performance.now();
  expect(await first.kill('SIGTERM')).toBe(0);
  const left = performance.now();
  await waitFor('the second to own all', async () => (await second.metric('persistence_shards')) === 16);
  // It looks once a second who owns what.
  expect(performance.now() - left, 'from the leave to the take-over, ms').toBeLessThan(5_000);
  expect(left - told, 'to leave, ms').toBeLessThan(10_000);
  const askedBefore = asked;
  await waitFor('queries to go on', () => asked > askedBefore + 100);
  over.abort();
  await Promise.all([writing, asking]);
  await caughtUp(store, ...scripts);
  for (const script of scripts) expect((await store.archive(script.roomId, script.events.length - 1, 10)).events).toStrictEqual(script.events.slice(-1));
  // What the first had in hand it settled, so that nothing comes again.
  expect(await second.metric('persistence_duplicates_total')).toBe(0);
  expect(await second.kill('SIGTERM')).toBe(0);
});

test('it starts before anything else is there, and outlives what goes away', { timeout: 300_000 }, async () => {
  const [natsPort, postgresPort] = [await freePort(), await freePort()];
  // The password is known only once the server is made, so that is made first and stopped again.
  const postgres = await withPostgres({ port: postgresPort });
  await postgres.stop();
  const worker = await spawnWorker({ DATABASE_URL: postgres.url, NATS_URL: `nats://127.0.0.1:${natsPort}` });
  await waitFor('it to say what it waits for', async () => /NATS/.test(await worker.body('/readyz')));
  expect([await worker.status('/healthz'), await worker.status('/readyz')]).toStrictEqual([200, 503]);
  const server = await withNats({ port: natsPort });
  await waitFor('it to say what it waits for', async () => /the database/.test(await worker.body('/readyz')));
  expect(await worker.status('/readyz')).toBe(503);
  await postgres.restart();
  await worker.ready();

  const nats = await connectNats({ servers: server.url, name: 'gateway', reconnectDelayMs: 50 });
  onTestFinished(() => nats.close());
  const store = new NatsStore({ nats, region: 'main' });
  const user = actor('Ada');
  await store.createUser(user);

  await postgres.kill();
  await waitFor('Postgres to be missed', async () => (await worker.status('/readyz')) === 503);
  await postgres.restart();
  await worker.ready();
  await server.kill();
  await waitFor('NATS to be missed', async () => (await worker.status('/readyz')) === 503);
  await server.restart();
  await worker.ready();
  await waitFor('an answer', async () => (await store.findUsers([user.id])).length === 1);
  expect(worker.child.exitCode).toBe(null);
  expect(await worker.kill('SIGTERM')).toBe(0);
  expect(worker.output()).toMatch(/closed/);
});

test('a stop while it still waits for what is not there is heeded', { timeout: 120_000 }, async () => {
  const worker = await spawnWorker({ DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/parley`, NATS_URL: `nats://127.0.0.1:${await freePort()}` });
  await waitFor('it to be up', async () => (await worker.status('/healthz')) === 200);
  expect(await worker.kill('SIGTERM')).toBe(0);
});

test('a bad environment is named, without its value', { timeout: 120_000 }, async () => {
  const worker = await spawnWorker({ DATABASE_URL: 'mysql://secret@example' });
  await waitFor('it to leave', () => worker.child.exitCode !== null);
  expect(worker.child.exitCode !== 0).toBe(true);
  expect(worker.output()).toMatch(/DATABASE_URL/);
  expect(worker.output().includes('secret')).toBe(false);
});
