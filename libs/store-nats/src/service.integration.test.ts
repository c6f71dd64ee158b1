import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert';
import { Svcm } from '@nats-io/services';
import { StoreUnavailable, type Store } from '@parley/domain';
import { connectNats, regionOf, STORE_SERVICE, storeSubject, type Nats } from '@parley/nats';
import type { NatsServer } from '@parley/servers';
import { waitFor, withNats } from '@parley/testkit';
import { openRoom } from '@parley/testkit/room-script';
import { afterAll, beforeAll, onTestFinished, test } from 'vitest';
import { NatsStore, serveStore, type ServeStoreOptions } from './index.ts';

const region = regionOf('main');
const { roomId } = openRoom();
let server: NatsServer;

beforeAll(async () => {
  server = await withNats({ jetstream: false, cleanup: afterAll });
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
  await rejects((await ask()).seed(roomId), StoreUnavailable);
  ok(performance.now() - started < 1_000, 'no waiting for a timeout');
});

test('NATS discovers every worker, and shares the queries among them', async () => {
  const answered = [0, 0, 0];
  for (const n of answered.keys()) await serve(answering({ seed: async () => { answered[n]! += 1; return null; } }), { node: `worker-${n}` });
  const gateway = await connection('gateway');
  const found = [];
  for await (const { name, version, metadata } of await new Svcm(gateway.nc).client({ strategy: 'timer', maxWait: 300 }).ping(STORE_SERVICE)) found.push([name, version, metadata?.['node']]);
  deepStrictEqual(found.toSorted(), [0, 1, 2].map((n) => [STORE_SERVICE, '1.2.3', `worker-${n}`]));
  const store = new NatsStore({ nats: gateway, region });
  for (let n = 0; n < 60; n += 1) await store.seed(roomId);
  deepStrictEqual([answered.reduce((sum, each) => sum + each), answered.every((each) => each > 0)], [60, true]);
});

test('a query not answered in time is unavailable', async () => {
  const { asked, store } = held();
  await serve(store);
  await rejects((await ask({ timeoutMs: 50 })).seed(roomId), StoreUnavailable);
  asked[0]!(null);
});

test('a worker with too much in hand says so, and answers what it took', async () => {
  const { asked, store } = held();
  await serve(store, { maxInFlight: 2, maxWaiting: 1 });
  const clients = await Promise.all(Array.from({ length: 4 }, () => ask()));
  const outcomes: string[] = [];
  const answers = clients.map((client) => client.seed(roomId).then(() => outcomes.push('answered'), (error: unknown) => outcomes.push((error as Error).name)));
  await waitFor('one to be refused', () => outcomes.length === 1);
  deepStrictEqual([outcomes, asked.length], [['StoreUnavailable'], 2]);
  for (const answer of asked.splice(0)) answer(null);
  await waitFor('the one that waited', () => asked.length === 1);
  asked[0]!(null);
  await Promise.all(answers);
  deepStrictEqual(outcomes.slice(1), ['answered', 'answered', 'answered']);
});

test('a client bounds what it asks at once, and what waits', async () => {
  const { asked, store } = held();
  await serve(store);
  const client = await ask({ maxInFlight: 2, maxWaiting: 1 });
  const rooms = Array.from({ length: 4 }, () => openRoom().roomId);
  const [first, second, third, fourth] = rooms.map((room) => client.seed(room));
  await rejects(fourth!, StoreUnavailable);
  await waitFor('two questions', () => asked.length === 2);
  for (const answer of asked.splice(0)) answer(null);
  await Promise.all([first, second]);
  await waitFor('the third', () => asked.length === 1);
  asked[0]!(null);
  strictEqual(await third, null);
});

test('a burst of the same question costs two, and no answer is older than its call', async () => {
  const { asked, store } = held();
  await serve(store);
  const client = await ask();
  const first = client.seed(roomId);
  await waitFor('the first question', () => asked.length === 1);
  const burst = Array.from({ length: 50 }, () => client.seed(roomId));
  strictEqual(asked.length, 1);
  asked[0]!(null);
  await first;
  await waitFor('the second question', () => asked.length === 2);
  asked[1]!(null);
  await Promise.all(burst);
  strictEqual(asked.length, 2);
  const later = client.seed(roomId);
  await waitFor('a third question, as nobody asks any more', () => asked.length === 3);
  asked[2]!(null);
  await later;
});

test('after a failure the same question is asked again', async () => {
  let calls = 0;
  await serve(answering({ seed: async () => { calls += 1; if (calls === 1) throw new StoreUnavailable('away'); return null; } }));
  const client = await ask();
  await rejects(client.seed(roomId), StoreUnavailable);
  strictEqual(await client.seed(roomId), null);
});

test('what does not match the schema is refused, and the service lives', async () => {
  await serve(answering({ seed: async () => null }));
  const gateway = await connection('gateway');
  for (const payload of ['', 'no json', '[]', '{"roomId":"x"}', `{"roomId":${'['.repeat(10_000)}`, new Uint8Array([0, 255, 1])]) {
    const reply = (await gateway.request(storeSubject(region, 'seed'), payload, { timeoutMs: 1_000 })).json<{ ok: boolean; code: string }>();
    deepStrictEqual([reply.ok, reply.code], [false, 'bad_request']);
  }
  strictEqual(await new NatsStore({ nats: gateway, region }).seed(roomId), null);
});

test('a defect is told to the worker, not to the one who asked', async () => {
  const errors: unknown[] = [];
  await serve(answering({ seed: async () => { throw new TypeError('secret detail'); } }), { onError: (error) => errors.push(error) });
  await rejects((await ask()).seed(roomId), (error: Error) => error.name === 'StoreQueryFailed' && !error.message.includes('secret'));
  strictEqual(errors.length, 1);
});

test('an answer too large for NATS fails at once', async () => {
  const findUsers = async () => [{ id: openRoom().owner.id, name: 'x'.repeat(2_000_000) }];
  await serve(answering({ findUsers }));
  const started = performance.now();
  await rejects((await ask()).findUsers([]), { name: 'StoreQueryFailed' });
  ok(performance.now() - started < 1_000);
});

test('stopping answers what was taken, and then nobody is there', async () => {
  const { asked, store } = held();
  const service = await serve(store);
  const client = await ask();
  const answer = client.seed(roomId);
  await waitFor('the question', () => asked.length === 1);
  const stopped = service.close();
  asked[0]!(null);
  strictEqual(await answer, null);
  await stopped;
  await rejects(client.seed(roomId), StoreUnavailable);
});

test('after NATS was killed and came back, queries are answered again', async () => {
  const service = await serve(answering({ seed: async () => null }));
  const client = await ask();
  strictEqual(await client.seed(roomId), null);
  await server.kill();
  await waitFor('the loss to be noticed', () => !service.serving);
  await rejects(client.seed(roomId), StoreUnavailable);
  await server.restart();
  await waitFor('an answer', async () => (await client.seed(roomId)) === null);
  ok(service.serving);
});
