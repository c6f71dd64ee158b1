import { Svcm } from '@nats-io/services';
import { newCmid, newUserId, StoreUnavailable, type Store } from '@parley/domain';
import { connectNats, regionOf, STORE_SERVICE, storeSubject, type Nats } from '@parley/nats';
import type { NatsServer } from '@parley/servers';
import { afterTests, waitFor, withNats } from '@parley/testkit';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { openRoom } from '@parley/testkit/room-script';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { NatsModerationStore, NatsStore, serveStore, type ServeStoreOptions } from './index.ts';

const cleanup = afterTests();

const region = regionOf('main');
const { roomId } = openRoom();
let server: NatsServer;

beforeAll(async () => {
  server = await withNats({ jetstream: false, cleanup });
});

const connection = async (name: string): Promise<Nats> => {
  const nats = await connectNats({ servers: server.url, name, reconnectDelayMs: 20 });
  onTestFinished(() => nats.close());
  return nats;
};
/** A store that answers what a test says; nothing else is asked of it. */
const answering = (answers: Partial<Store>): Store => answers as Store;
const serve = async (store: Store, options: Partial<ServeStoreOptions> = {}) => {
  const nats = await connection('worker');
  const service = await serveStore({ nats, store, region, version: '1.2.3', node: 'worker', onError: () => {}, ...options });
  await nats.flush(1_000);
  onTestFinished(() => service.close());
  return service;
};
const ask = async (options: { timeoutMs?: number; maxInFlight?: number; maxWaiting?: number } = {}) => new NatsStore({ nats: await connection('gateway'), region, ...options });
const held = () => {
  const asked: ((value: null) => void)[] = [];
  const seed = () => new Promise<null>((resolve) => void asked.push(resolve));
  return { asked, store: answering({ seed }) };
};

test('with nobody serving a query is unavailable at once', async () => {
  const started = performance.now();
  await expect((await ask()).seed(roomId)).rejects.toThrow(StoreUnavailable);
  expect(performance.now() - started < 1_000, 'no waiting for a timeout').toBe(true);
});

test('NATS discovers every worker, and shares the queries among them', async () => {
  const answered = [0, 0, 0];
  for (const n of answered.keys()) await serve(answering({ seed: async () => { answered[n]! += 1; return null; } }), { node: `worker-${n}` });
  const gateway = await connection('gateway');
  const found = [];
  for await (const { name, version, metadata } of await new Svcm(gateway.nc).client({ strategy: 'timer', maxWait: 300 }).ping(STORE_SERVICE)) found.push([name, version, metadata?.['node']]);
  expect(found.toSorted((a, b) => String(a).localeCompare(String(b)))).toStrictEqual([0, 1, 2].map((n) => [STORE_SERVICE, '1.2.3', `worker-${n}`]));
  const store = new NatsStore({ nats: gateway, region });
  for (let n = 0; n < 60; n += 1) await store.seed(roomId);
  expect([answered.reduce((sum, each) => sum + each), answered.every((each) => each > 0)]).toStrictEqual([60, true]);
});

test('a query not answered in time is unavailable', async () => {
  const { asked, store } = held();
  await serve(store);
  await expect((await ask({ timeoutMs: 50 })).seed(roomId)).rejects.toThrow(StoreUnavailable);
  asked[0]!(null);
});

test('a worker with too much in hand says so, and answers what it took', async () => {
  const { asked, store } = held();
  await serve(store, { maxInFlight: 2, maxWaiting: 1 });
  const clients = await Promise.all(Array.from({ length: 4 }, () => ask()));
  const outcomes: string[] = [];
  const answers = clients.map((client) => client.seed(roomId).then(() => outcomes.push('answered'), (error: unknown) => outcomes.push((error as Error).name)));
  await waitFor('one to be refused', () => outcomes.length === 1);
  expect([outcomes, asked.length]).toStrictEqual([['StoreUnavailable'], 2]);
  for (const answer of asked.splice(0)) answer(null);
  await waitFor('the one that waited', () => asked.length === 1);
  asked[0]!(null);
  await Promise.all(answers);
  expect(outcomes.slice(1)).toStrictEqual(['answered', 'answered', 'answered']);
});

test('acts on the server are stored and heard of while queries of the store take all its places', async () => {
  const { asked, store } = held();
  const moderation = new MemoryModerationStore();
  await serve(store, { maxInFlight: 1, maxWaiting: 1, moderation });
  const gateway = await connection('gateway');
  const reading = new NatsStore({ nats: gateway, region });
  const [first, second] = [reading.seed(roomId), reading.seed(openRoom().roomId)];
  await waitFor('the place to be taken', () => asked.length === 1);
  const acts = new NatsModerationStore({ nats: gateway, region });
  let told = 0;
  onTestFinished(acts.watchActs(() => { told += 1; }));
  await gateway.flush(1_000);
  const act = await acts.act({ act: 'user.banned', userId: newUserId(), until: null, reason: 'spam', by: null, cmid: newCmid() });
  await waitFor('the hint', () => told > 0);
  expect(await acts.actsAfter(0, 10)).toEqual([act]);
  asked[0]!(null);
  await waitFor('the one that waited', () => asked.length === 2);
  asked[1]!(null);
  await Promise.all([first, second]);
});

test('a client bounds what it asks at once, and what waits', async () => {
  const { asked, store } = held();
  await serve(store);
  const client = await ask({ maxInFlight: 2, maxWaiting: 1 });
  const rooms = Array.from({ length: 4 }, () => openRoom().roomId);
  const [first, second, third, fourth] = rooms.map((room) => client.seed(room));
  await expect(fourth!).rejects.toThrow(StoreUnavailable);
  await waitFor('two questions', () => asked.length === 2);
  for (const answer of asked.splice(0)) answer(null);
  await Promise.all([first, second]);
  await waitFor('the third', () => asked.length === 1);
  asked[0]!(null);
  expect(await third).toBe(null);
});

test('a burst of the same question costs two, and no answer is older than its call', async () => {
  const { asked, store } = held();
  await serve(store);
  const client = await ask();
  const first = client.seed(roomId);
  await waitFor('the first question', () => asked.length === 1);
  const burst = Array.from({ length: 50 }, () => client.seed(roomId));
  expect(asked.length).toBe(1);
  asked[0]!(null);
  await first;
  await waitFor('the second question', () => asked.length === 2);
  asked[1]!(null);
  await Promise.all(burst);
  expect(asked.length).toBe(2);
  const later = client.seed(roomId);
  await waitFor('a third question, as nobody asks any more', () => asked.length === 3);
  asked[2]!(null);
  await later;
});

test('after a failure the same question is asked again', async () => {
  let calls = 0;
  await serve(answering({ seed: async () => { calls += 1; if (calls === 1) throw new StoreUnavailable('away'); return null; } }));
  const client = await ask();
  await expect(client.seed(roomId)).rejects.toThrow(StoreUnavailable);
  expect(await client.seed(roomId)).toBe(null);
});

test('what does not match the schema is refused, and the service lives', async () => {
  await serve(answering({ seed: async () => null }));
  const gateway = await connection('gateway');
  for (const payload of ['', 'no json', '[]', '{"roomId":"x"}', `{"roomId":${'['.repeat(10_000)}`, new Uint8Array([0, 255, 1])]) {
    const reply = (await gateway.request(storeSubject(region, 'seed'), payload, { timeoutMs: 1_000 })).json<{ ok: boolean; code: string }>();
    expect([reply.ok, reply.code]).toStrictEqual([false, 'bad_request']);
  }
  expect(await new NatsStore({ nats: gateway, region }).seed(roomId)).toBe(null);
});

test('a defect is told to the worker, not to the one who asked', async () => {
  const errors: unknown[] = [];
  await serve(answering({ seed: async () => { throw new TypeError('secret detail'); } }), { onError: (error) => errors.push(error) });
  await expect((await ask()).seed(roomId)).rejects.toMatchObject({ name: 'StoreQueryFailed', message: expect.not.stringContaining('secret') });
  expect(errors.length).toBe(1);
});

test('an answer too large for NATS fails at once', async () => {
  const name = 'x'.repeat(2_000_000);
  await serve(answering({ findUsers: async () => [{ id: openRoom().owner.id, name }] }));
  const started = performance.now();
  await expect((await ask()).findUsers([])).rejects.toMatchObject({ name: 'StoreQueryFailed' });
  expect(performance.now() - started < 1_000).toBe(true);
});

test('stopping answers what was taken, and then nobody is there', async () => {
  const { asked, store } = held();
  const service = await serve(store);
  const client = await ask();
  const answer = client.seed(roomId);
  await waitFor('the question', () => asked.length === 1);
  const stopped = service.close();
  asked[0]!(null);
  expect(await answer).toBe(null);
  await stopped;
  await expect(client.seed(roomId)).rejects.toThrow(StoreUnavailable);
});

test('after NATS was killed and came back, queries are answered again', async () => {
  const service = await serve(answering({ seed: async () => null }));
  const client = await ask();
  expect(await client.seed(roomId)).toBe(null);
  await server.kill();
  await waitFor('the loss to be noticed', () => !service.serving);
  await expect(client.seed(roomId)).rejects.toThrow(StoreUnavailable);
  await server.restart();
  await waitFor('an answer', async () => (await client.seed(roomId)) === null);
  expect(service.serving).toBe(true);
});
