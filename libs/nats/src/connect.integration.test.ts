import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, startNats, startNatsCluster, waitUntil, type NatsServer } from '@parley/servers';
import { connectNats, NatsRequestError, type Nats, type NatsStatus } from './index.ts';

const start = async (options: { authorization?: { user: string; password: string } } = {}): Promise<NatsServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const server = await startNats({ ...options, dataDir, jetstream: false });
  onTestFinished(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return server;
};
const connected = async (servers: string, pingIntervalMs = 1_500): Promise<Nats> => {
  const nats = await connectNats({ servers, name: 'test', reconnectDelayMs: 50, pingIntervalMs });
  onTestFinished(() => nats.close());
  return nats;
};
const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'none', (error: unknown) => (error instanceof NatsRequestError ? error.reason : 'another error'));

test('a request is answered, or says why not', async () => {
  const server = await start();
  const [nats, other] = [await connected(server.url), await connected(server.url)];
  other.nc.subscribe('echo', { callback: (_, message) => void message.respond(message.data) });
  other.nc.subscribe('silent', { callback: () => {} });
  await other.flush(1_000);
  for (const freshInbox of [false, true]) {
    expect((await nats.request('echo', 'x', { timeoutMs: 1_000, freshInbox })).string()).toBe('x');
    expect(await reasonOf(nats.request('nobody', 'x', { timeoutMs: 1_000, freshInbox }))).toBe('no_responders');
    expect(await reasonOf(nats.request('silent', 'x', { timeoutMs: 50, freshInbox }))).toBe('timeout');
    expect(await reasonOf(nats.request('echo', 'x'.repeat(1_100_000), { timeoutMs: 1_000, freshInbox }))).toBe('too_large');
  }
  await nats.close();
  expect(await reasonOf(nats.request('echo', 'x', { timeoutMs: 1_000 }))).toBe('not_sent');
  expect(await reasonOf(nats.flush(1_000))).toBe('not_sent');
});

test('while the server is away requests are refused at once and never sent later; then the connection comes back by itself', async () => {
  const server = await start();
  const nats = await connected(server.url);
  const seen: NatsStatus['type'][] = [];
  nats.onStatus(({ type }) => seen.push(type));
  nats.nc.subscribe('silent', { callback: () => {} });
  await nats.flush(1_000);
  const waiting = reasonOf(nats.request('silent', 'x', { timeoutMs: 60_000 }));
  await server.kill();
  expect(await waiting, 'long before its timeout').toBe('disconnected');
  expect(nats.connected).toBe(false);
  for (let n = 0; n < 20; n += 1) expect(await reasonOf(nats.request('late', `${n}`, { timeoutMs: 1_000 }))).toBe('not_sent');

  await server.restart();
  const listener = await connected(server.url);
  const late: string[] = [];
  listener.nc.subscribe('late', {
    callback: (_, message) => {
      late.push(message.string());
      message.respond('');
    },
  });
  await listener.flush(1_000);
  await expect.poll(() => nats.connected, { timeout: 20_000 }).toBe(true);
  await nats.request('late', 'now', { timeoutMs: 5_000 });
  expect(late).toEqual(['now']);
  expect(seen).toEqual(['disconnected', 'connected']);
});

test('a server that freezes is given up within three pings', async () => {
  const server = await start();
  const nats = await connected(server.url, 200);
  process.kill(server.pid, 'SIGSTOP');
  try {
    await expect.poll(() => nats.connected, { timeout: 5_000 }).toBe(false);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await expect.poll(() => nats.connected, { timeout: 20_000 }).toBe(true);
});

test('the first connection fails within its time where nobody listens', async () => {
  const nobody = `127.0.0.1:${await freePort()}`;
  await expect(connectNats({ servers: nobody, name: 'test', connectTimeoutMs: 500 })).rejects.toThrow('connection refused');
});

test('credentials in the address are used, and only with the right ones does a server let in', async () => {
  const server = await start({ authorization: { user: 'parley', password: 'p@ss/word' } });
  const nats = await connected(`nats://parley:${encodeURIComponent('p@ss/word')}@127.0.0.1:${server.port}`);
  await nats.flush(1_000);
  await expect(connectNats({ servers: `nats://parley:wrong@127.0.0.1:${server.port}`, name: 'test' })).rejects.toThrow(/authorization/i);
  await expect(connectNats({ servers: server.url, name: 'test' })).rejects.toThrow(/authorization/i);
});

test('a server can be left for another, to which subscriptions go along; an only one is not left', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const cluster = await startNatsCluster(3, { dataDir });
  onTestFinished(async () => {
    await cluster.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const nats = await connected(cluster.url);
  nats.nc.subscribe('echo', { callback: (_, message) => void message.respond(message.data) });
  const other = await connected(cluster.url);
  for (let n = 0; n < 3; n += 1) {
    const from = nats.nc.getServer();
    await nats.moveOn();
    expect(await waitUntil(async () => nats.connected && nats.nc.getServer() !== from, 10_000)).toBe(true);
  }
  expect(await waitUntil(async () => (await other.request('echo', 'x', { timeoutMs: 1_000 })).string() === 'x', 10_000)).toBe(true);

  const alone = await connected((await start()).url);
  const seen: NatsStatus['type'][] = [];
  alone.onStatus(({ type }) => seen.push(type));
  await alone.moveOn();
  await alone.flush(1_000);
  expect(seen).toEqual([]);
});
