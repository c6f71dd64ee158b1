/** Two gateways of two workers each, behind HAProxy and by themselves. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { LIMITS } from '@parley/protocol';
import { afterTests, waitFor } from '@parley/testkit';
import { openTraffic } from '@parley/testkit/traffic';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { beforeAll, expect, onTestFinished, test } from 'vitest';

const cleanup = afterTests();

const WORKERS = 2;
/** A worker starts in a second or two; the machine may be busy. */
const RESTART_MS = 30_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ gateway: () => ({ args: ['--workers', `${WORKERS}`] }), env: { LEAVE_NOTICE: '0', SHUTDOWN_TIMEOUT: '10' }, cleanup });
});

type Gateway = Fleet['gateways'][number];
const gateway = (index: number): Gateway => fleet.gateways[index]!;

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
};
const isAlive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(statusOf(pid));
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => new RegExp(`^PPid:\\t${pid}$`, 'm').test(statusOf(child)));

/** A metric of each worker. */
const perWorker = async ({ url }: Gateway, name: string): Promise<Map<string, number>> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map([...text.matchAll(new RegExp(`^parley_${name}\\{(?:[^}]*,)?worker="(\\d+)"[^}]*\\} (\\S+)$`, 'gm'))].map(([, worker, value]) => [worker ?? '', Number(value)]));
};
const untilWhole = (each: Gateway): Promise<void> => waitFor('every worker to take part', async () => (await perWorker(each, 'sockets')).size === WORKERS, { deadlineMs: RESTART_MS });

type ConnectOptions = { transports?: string[]; reconnection?: boolean; withCredentials?: boolean };
const guests = async (url: string, count: number, options: ConnectOptions): Promise<Client[]> => {
  const clients = await Promise.all(Array.from({ length: count }, async (_, n) => connect(url, await openSession(url, `guest ${n}`), options)));
  onTestFinished(() => clients.forEach(({ socket }) => socket.close()));
  return clients;
};

const roomOf = async (owner: Client, ...others: readonly Client[]): Promise<string> => {
  const { room } = await owner.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() });
  for (const other of others) await other.must('room:join', { roomId: room.id });
  return room.id;
};
const bodiesOf = (client: Client): string[] => client.events().flatMap((event) => (event.type === 'message.created' ? [event.data.body] : []));

/** Everybody says something, and everybody hears all of it. */
const converse = async (clients: readonly Client[]): Promise<void> => {
  const [owner, ...others] = clients;
  const roomId = await roomOf(owner!, ...others);
  const said = await Promise.all(clients.map(async (client, n) => {
    await client.must('message:send', { roomId, cmid: randomUUID(), body: `from ${n}` });
    return `from ${n}`;
  }));
  await waitFor('everyone to hear everyone', () => clients.every((client) => said.every((body) => bodiesOf(client).includes(body))));
  for (const client of clients) expect(bodiesOf(client)).toHaveLength(said.length);
};

test.each([
  ['WebSockets', ['websocket']],
  ['long polling', ['polling']],
  ['long polling that becomes a WebSocket', ['polling', 'websocket']],
])('%s work through the one port of several workers, and each worker has some', async (_, transports) => {
  const clients = await guests(gateway(0).url, 12, { transports });
  if (transports.length > 1) {
    await waitFor('every connection to be a WebSocket', () => clients.every(({ socket }) => socket.io.engine.transport.name === 'websocket'));
  }
  await converse(clients);
  const sockets = await perWorker(gateway(0), 'sockets');
  expect(sockets.size).toBe(WORKERS);
  for (const count of sockets.values()) expect(count).toBeGreaterThan(0);
  expect([...sockets.values()].reduce((sum, count) => sum + count, 0)).toBe(clients.length);
  expect(clients.every(({ socket }) => socket.connected)).toBe(true);
});

test('long polling works through HAProxy to gateways of several workers', async () => {
  const before = await Promise.all(fleet.gateways.map((each) => perWorker(each, 'commands_waiting')));
  expect(before.map(({ size }) => size)).toEqual([WORKERS, WORKERS]);
  // The cookie leads to the gateway; within it, HAProxy uses any connection for any session.
  const clients = await guests(fleet.url, 16, { transports: ['polling'], withCredentials: true });
  await converse(clients);
  const sockets = (await Promise.all(fleet.gateways.map((each) => perWorker(each, 'sockets')))).flatMap((each) => [...each.values()]);
  expect(sockets).toHaveLength(2 * WORKERS);
  for (const count of sockets) expect(count).toBeGreaterThan(0);
});

const exchange = (url: string, options: { agent?: Agent; method?: string; body?: string }): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const asked = request(url, { ...rest, headers: { connection: rest.agent ? 'keep-alive' : 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    asked.on('error', reject).end(body);
  });
const sidOf = async (url: string, agent?: Agent): Promise<string> => {
  const { body } = await exchange(`${url}/socket.io/?EIO=4&transport=polling`, agent ? { agent } : {});
  return (JSON.parse(body.slice(1)) as { sid: string }).sid;
};

test('the requests of a session find it on whatever connections they come, and those of many sessions on one', async () => {
  const { url } = gateway(0);
  const { token } = await openSession(url, 'Ada');
  const sids = await Promise.all(Array.from({ length: 6 }, () => sidOf(url)));
  expect(new Set(sids.map((sid) => sid.split('.')[0]))).toEqual(new Set(['w1', 'w2']));
  const shared = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => shared.destroy());
  for (const sid of sids) {
    const polling = `${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    expect(await exchange(polling, { agent: shared, method: 'POST', body: `40${JSON.stringify({ token })}` })).toEqual({ status: 200, body: 'ok' });
    // Each of these on a connection of its own.
    expect(await exchange(polling, {})).toMatchObject({ status: 200, body: expect.stringMatching(/^40/) });
    expect(await exchange(polling, { method: 'POST', body: `420${JSON.stringify(['room:list', { scope: 'mine' }])}` })).toMatchObject({ status: 200 });
    expect(await exchange(polling, { agent: shared })).toMatchObject({ status: 200, body: expect.stringMatching(/^430\[\{"ok":true/) });
    // It says that it goes, so that nobody waits for its pings.
    expect(await exchange(polling, { method: 'POST', body: '1' })).toMatchObject({ status: 200 });
  }
});

test('a session of nobody is refused as one that is gone', async () => {
  const { url } = gateway(0);
  for (const sid of ['w1.gone', 'w2.gone', 'w0.gone', 'w99.gone', 'gone', '']) {
    const { status, body } = await exchange(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {});
    expect({ status, body }, sid).toMatchObject(sid === '' ? { status: 200 } : { status: 400, body: expect.stringContaining('"code":1') });
  }
});

test('a polled packet that is too large is refused wherever it arrives', async () => {
  const { url } = gateway(0);
  const sid = await sidOf(url);
  const statuses = await Promise.all(Array.from({ length: 2 * WORKERS }, () =>
    exchange(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: 'x'.repeat(LIMITS.frameBytes + 1) }).then(({ status }) => status, () => 'cut')));
  for (const status of statuses) expect([400, 413, 'cut']).toContain(status);
  await converse(await guests(url, 2, {}));
});

const rawSocket = (port: number): Socket => {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
};

test('clients that dawdle over their first bytes, or send rubbish, or leave at once, hinder nobody', async () => {
  const { port, url, pid } = gateway(0);
  const workers = childrenOf(pid);
  expect(workers).toHaveLength(WORKERS);
  const dawdlers = Array.from({ length: 200 }, () => rawSocket(port));
  for (const socket of dawdlers) socket.write('GET /socket.io/?EIO=4&trans');
  for (let n = 0; n < 50; n += 1) {
    rawSocket(port).end(Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 31 + n * 7) % 256)));
    rawSocket(port).write(`GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`);
    const hasty = rawSocket(port);
    hasty.once('connect', () => hasty.resetAndDestroy());
    const upgrade = rawSocket(port);
    upgrade.write(`GET /socket.io/?EIO=4&transport=websocket&sid=w${1 + (n % 2)}.x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${n % 3 === 0 ? 'no' : 'dGhlIHNhbXBsZSBub25jZQ=='}\r\n\r\n`, () => upgrade.resetAndDestroy());
  }
  await converse(await guests(url, 6, { transports: ['polling', 'websocket'] }));
  expect(childrenOf(pid)).toEqual(workers);
});

test('metrics are of all workers, and a worker that does not answer is left out of them', async () => {
  const { url, pid } = gateway(0);
  const clients = await guests(url, 10, {});
  await waitFor('every socket to be counted, whichever worker is asked', async () =>
    (await Promise.all(Array.from({ length: 6 }, () => gateway(0).metric('sockets')))).every((count) => count === clients.length));
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text.match(/^# TYPE parley_sockets gauge$/gm)).toHaveLength(1);
  for (const metric of ['process_resident_memory_bytes', 'process_start_time_seconds', 'parley_command_seconds_count']) expect(text).toMatch(new RegExp(`^${metric}\\{`, 'm'));
  for (const socket of clients) socket.socket.close();
  const [paused = 0] = childrenOf(pid);
  process.kill(paused, 'SIGSTOP');
  try {
    await waitFor('the other alone', async () => {
      const metrics = await fetch(`${url}/metrics`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) });
      return new Set([...(await metrics.text()).matchAll(/worker="(\d+)"/g)].map(([, worker]) => worker)).size === 1;
    });
  } finally {
    process.kill(paused, 'SIGCONT');
  }
  await untilWhole(gateway(0));
});

test('a worker killed in the middle takes nothing with it: its clients come back, those of the other stay, and all have everything', { timeout: 180_000 }, async () => {
  const { url, pid } = gateway(0);
  const MESSAGES = 2_000;
  const traffic = await openTraffic({ urls: [url], rooms: 2, writers: 6, listeners: 12 });
  onTestFinished(() => traffic.close());
  const bystanders = await guests(url, 10, {});
  const before = await perWorker(gateway(0), 'sockets');
  traffic.start({ messages: MESSAGES });
  await traffic.untilAcked(MESSAGES * 0.2, 60_000);
  const victim = childrenOf(pid)[0]!;
  const name = /PARLEY_WORKER=(\d+)/.exec(readFileSync(`/proc/${victim}/environ`, 'latin1'))?.[1] ?? '';
  const mine = bystanders.filter(({ socket }) => (socket.io.engine as unknown as { id: string }).id.startsWith(`w${name}.`));
  process.kill(victim, 'SIGKILL');
  const { violations, counts } = await traffic.finish(120_000);
  expect(violations).toEqual([]);
  expect(counts.acks).toBe(MESSAGES);
  expect(mine.length).toBeLessThan(bystanders.length);
  await waitFor('its clients alone to be cut', () => bystanders.every((client) => client.socket.connected !== mine.includes(client)));
  await untilWhole(gateway(0));
  expect(before.get(name)).toBeGreaterThan(0);
  expect((await perWorker(gateway(0), 'worker_starts')).get(name)).toBe(2);
  expect(childrenOf(pid)).not.toContain(victim);
});

test('SIGUSR2 replaces the workers one after the other, and the port is always served', { timeout: 180_000 }, async () => {
  const { url, pid } = gateway(0);
  // One that has yet to listen would be new as it is, and stay.
  await waitFor('every worker to take connections', async () => {
    await guests(url, WORKERS, {});
    const sockets = await perWorker(gateway(0), 'sockets');
    return sockets.size === WORKERS && [...sockets.values()].every((count) => count > 0);
  }, { deadlineMs: RESTART_MS, intervalMs: 200 });
  const old = childrenOf(pid);
  const traffic = await openTraffic({ urls: [url], rooms: 1, writers: 3, listeners: 4 });
  onTestFinished(() => traffic.close());
  traffic.start({ messages: 600 });
  process.kill(pid, 'SIGUSR2');
  const unserved: unknown[] = [];
  await waitFor('both to be others', async () => {
    await exchange(`${url}/readyz`, {}).then(({ status }) => status === 200 || unserved.push(status), (error: unknown) => unserved.push(error));
    const now = childrenOf(pid);
    return now.length === WORKERS && now.every((each) => !old.includes(each));
  }, { deadlineMs: 90_000 });
  await untilWhole(gateway(0));
  expect(unserved).toEqual([]);
  expect((await traffic.finish(60_000)).violations).toEqual([]);
});

test('SIGTERM has every worker leave in order, within the primary\'s time', async () => {
  await untilWhole(gateway(1));
  const { pid } = gateway(1);
  const workers = childrenOf(pid);
  const clients = await guests(gateway(1).url, 8, { transports: ['polling', 'websocket'] });
  process.kill(pid, 'SIGTERM');
  await waitFor('all to be asked to connect elsewhere', () => clients.every((client) => client.heard('session:reconnect').length > 0));
  for (const { socket } of clients) socket.close();
  expect(await gateway(1).exited).toMatchObject({ code: 0 });
  expect(workers.filter(isAlive)).toEqual([]);
  await gateway(1).start();
});

test('no worker outlives a primary that was killed, and the next one has the port at once', async () => {
  const { pid } = gateway(1);
  const workers = childrenOf(pid);
  const doors = /PARLEY_WORKER_DOORS=([^\0]+)/.exec(readFileSync(`/proc/${workers[0]}/environ`, 'latin1'))?.[1] ?? '';
  await waitFor('both to have their doors', () => readdirSync(doors).toSorted().join() === '1,2');
  await gateway(1).kill();
  await waitFor('every worker to be gone', () => !workers.some(isAlive), { deadlineMs: 5_000 });
  expect(() => readdirSync(doors)).toThrow('ENOENT');
  await gateway(1).start();
  await converse(await guests(gateway(1).url, 4, { transports: ['polling'] }));
});

test('cmids are one namespace over workers: the same command through two of them is one message', async () => {
  const { url } = gateway(0);
  const session = await openSession(url, 'Ada');
  const clients = await Promise.all(Array.from({ length: 4 }, () => connect(url, session)));
  onTestFinished(() => clients.forEach(({ socket }) => socket.close()));
  const [owner, ...others] = clients;
  const roomId = await roomOf(owner!, ...others);
  const same = randomUUID();
  const answers = await Promise.all(clients.map((client) => client.must('message:send', { roomId, cmid: same, body: 'once' })));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
});
