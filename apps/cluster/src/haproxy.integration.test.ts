import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort, tempDir, waitFor, withHaproxy } from '@parley/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { HAPROXY_CONFIG, writeGatewayList } from '@parley/servers';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** RFC 6455, 4.2.2: HAProxy checks it. */
const acceptOf = (key: string): string => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** What HAProxy sees of a gateway: `/readyz`, requests, upgraded connections. */
const fakeGateway = async (name: string) => {
  const port = await freePort();
  const state = { ready: true, leaving: false };
  const tunnels = new Set<Socket>();
  const http = createServer((request, response) => {
    const isCheck = request.url === '/readyz';
    const refuses = isCheck ? !state.ready : state.leaving;
    response.writeHead(refuses ? 503 : 200).end(name);
  });
  http.on('upgrade', (request, socket: Socket) => {
    tunnels.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => socket.write(data));
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(request.headers['sec-websocket-key'] ?? '')}\r\n\r\n`);
  });
  const listen = () => new Promise<void>((resolve) => void http.listen(port, '127.0.0.1', resolve));
  /** Takes no more connections; what is open stays. */
  const closeDoor = () => {
    http.close();
    http.closeIdleConnections();
  };
  await listen();
  onTestFinished(() => {
    closeDoor();
    http.closeAllConnections();
    for (const tunnel of tunnels) tunnel.destroy();
  });
  return { name, port, state, listen, closeDoor };
};

const cluster = async () => {
  const gateways = [await fakeGateway('gateway-1'), await fakeGateway('gateway-2')] as const;
  const list = writeGatewayList(join(await tempDir(), 'gateways.cfg'), gateways);
  const haproxy = await withHaproxy({ configs: [HAPROXY_CONFIG, list], env: { HOST: '127.0.0.1' } });
  const get = async (path: string, cookie = '') => {
    const response = await fetch(`${haproxy.url}${path}`, { headers: { cookie, connection: 'close' } });
    return { status: response.status, by: await response.text(), cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
  };
  const seen = async (): Promise<Set<string>> => new Set((await Promise.all(Array.from({ length: 8 }, () => get('/')))).map(({ by }) => by));
  const tunnel = async (cookie: string) => {
    const socket = connect(haproxy.port, '127.0.0.1');
    const state = { open: true, heard: '' };
    socket.on('error', () => undefined);
    socket.on('close', () => (state.open = false));
    socket.on('data', (data) => (state.heard += data.toString()));
    socket.write(`GET /socket.io/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nCookie: ${cookie}\r\n\r\n`);
    onTestFinished(() => void socket.destroy());
    await waitFor('the upgrade', () => state.heard.includes('101 Switching'));
    return { state, say: (text: string) => socket.write(text) };
  };
  await waitFor('both gateways to be in use', async () => (await seen()).size === 2);
  return { gateways, haproxy, list, get, seen, tunnel };
};

test('newcomers are spread, and their cookie brings them back', async () => {
  const { get } = await cluster();
  const first = await get('/');
  expect(first.cookie).toBe(`parley_gateway=${first.by}`);
  for (let again = 0; again < 5; again += 1) expect((await get('/', first.cookie)).by).toBe(first.by);
});

test('the health of the cluster is asked of a gateway', async () => {
  const { get } = await cluster();
  expect(await get('/readyz')).toMatchObject({ status: 200, by: expect.stringMatching(/^gateway-[12]$/) });
  expect(await get('/healthz')).toMatchObject({ status: 200, by: expect.stringMatching(/^gateway-[12]$/) });
});

test('a gateway that is not ready gets no newcomers and keeps who it has', async () => {
  const { gateways: [one], seen, tunnel } = await cluster();
  const open = await tunnel('parley_gateway=gateway-1');
  one.state.ready = false;
  await waitFor('newcomers to go to gateway-2 alone', async () => [...(await seen())].join() === 'gateway-2');
  expect(open.state.open).toBe(true);
  open.say('still there?');
  await waitFor('an echo through the open connection', () => open.state.heard.endsWith('still there?'));
  one.state.ready = true;
  await waitFor('both to be in use again', async () => (await seen()).size === 2);
});

test('while no gateway is ready, one says so itself', async () => {
  const { gateways, get, seen } = await cluster();
  for (const { state } of gateways) state.ready = false;
  await waitFor('the cluster not to be ready', async () => (await get('/readyz')).status === 503);
  expect(await get('/readyz')).toMatchObject({ by: expect.stringMatching(/^gateway-[12]$/) });
  expect(await get('/')).toMatchObject({ status: 200 });
  await waitFor('both to be in use', async () => (await seen()).size === 2);
});

test('a gateway that is leaving sends even those with its cookie elsewhere', async () => {
  const { gateways: [one], get } = await cluster();
  one.state.leaving = true;
  // And they get another cookie, so that a session of long polling goes on where it began.
  expect(await get('/', 'parley_gateway=gateway-1')).toEqual({ status: 200, by: 'gateway-2', cookie: 'parley_gateway=gateway-2' });
});

test('a gateway that is gone fails nobody, and what hung on it is cut', async () => {
  const { gateways: [one], get, tunnel } = await cluster();
  const open = await tunnel('parley_gateway=gateway-1');
  one.closeDoor();
  expect(await get('/', 'parley_gateway=gateway-1')).toMatchObject({ status: 200, by: 'gateway-2' });
  await waitFor('the open connection to be cut', () => !open.state.open);
  await one.listen();
  await waitFor('the cookie to lead back', async () => (await get('/', 'parley_gateway=gateway-1')).by === 'gateway-1');
});

test('drained by its operator, a gateway gets no newcomers and keeps who it has, cookies too', async () => {
  const { haproxy, get, seen, tunnel } = await cluster();
  const open = await tunnel('parley_gateway=gateway-1');
  expect(await haproxy.administer('set server gateways/gateway-1 state drain')).toBe('');
  await waitFor('newcomers to go to gateway-2 alone', async () => [...(await seen())].join() === 'gateway-2');
  // A session of long polling goes on where it is known.
  expect(await get('/', 'parley_gateway=gateway-1')).toMatchObject({ by: 'gateway-1' });
  open.say('still there?');
  await waitFor('an echo through the open connection', () => open.state.heard.endsWith('still there?'));
  await haproxy.administer('set server gateways/gateway-1 state ready');
  await waitFor('both to be in use again', async () => (await seen()).size === 2);
});

test('a reload refuses nobody, cuts nobody, and knows the gateways that came and went', async () => {
  const { gateways: [one], haproxy, list, get, seen, tunnel } = await cluster();
  const open = await tunnel('parley_gateway=gateway-2');
  const { pid } = haproxy;
  const over = new AbortController();
  const asking = (async () => {
    let answered = 0;
    for (; !over.signal.aborted; answered += 1) expect((await get('/')).status).toBe(200);
    return answered;
  })();
  writeGatewayList(list, [one]);
  await haproxy.reload();
  await waitFor('newcomers to go to gateway-1 alone', async () => [...(await seen())].join() === 'gateway-1');
  over.abort();
  expect(await asking).toBeGreaterThan(0);
  expect(haproxy.pid).toBe(pid);
  open.say('still there?');
  await waitFor('an echo through the open connection', () => open.state.heard.endsWith('still there?'));
});

test('a reload with a configuration that is wrong says so, and changes nothing', async () => {
  const { haproxy, list, seen } = await cluster();
  writeFileSync(list, 'nonsense\n');
  await expect(haproxy.reload()).rejects.toThrow(/nonsense/);
  expect((await seen()).size).toBe(2);
});
