import { createSocket, type RemoteInfo } from 'node:dgram';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, tempDir, waitFor, withHaproxy } from '@parley/testkit';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { noHelm, parse, template } from './testing/helm.ts';
import { named, type Manifest } from './testing/objects.ts';

beforeEach((context) => {
  if (noHelm !== null) context.skip(noHelm);
});

const NAME = 'team-parley-gateway.chat.svc.cluster.local';
const TTL_S = 5;

/** The cluster's DNS as far as it answers for one headless service: an A record for each pod. */
const startDns = async (addresses: () => readonly string[]): Promise<number> => {
  const socket = createSocket('udp4');
  const answer = (query: Buffer, { port, address }: RemoteInfo): void => {
    // The question ends after its name, a type and a class.
    const end = query.indexOf(0, 12) + 5;
    const labels: string[] = [];
    for (let at = 12; query[at]; at += 1 + (query[at] ?? 0)) labels.push(query.subarray(at + 1, at + 1 + (query[at] ?? 0)).toString());
    const asksForA = query.readUInt16BE(end - 4) === 1;
    const records = asksForA && labels.join('.') === NAME ? addresses() : [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const record = (ip: string): Buffer => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, TTL_S, 0, 4, ...ip.split('.').map(Number)]);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records.map(record)]), port, address);
  };
  socket.on('message', answer);
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return socket.address().port;
};

/** Pods: an address of its own each, the same port. */
const startPod = async (ip: string, port: number) => {
  const state = { ready: true };
  const http = createServer((request, response) => void response.writeHead(request.url === '/readyz' && !state.ready ? 503 : 200).end(ip));
  await new Promise<void>((resolve) => void http.listen(port, ip, resolve));
  const stop = (): void => {
    http.close();
    http.closeAllConnections();
  };
  onTestFinished(stop);
  return { ip, state, stop };
};

test('HAProxy finds gateways by the cluster\'s DNS, keeps each client with its pod, also through another HAProxy, and follows pods as they come and go', { timeout: 120_000 }, async () => {
  const { data } = named(parse(await template('--set', 'gateway.replicas=2')) as Manifest[], 'ConfigMap', 'team-parley-haproxy');
  const port = await freePort();
  const pods = await Promise.all(['127.0.0.2', '127.0.0.3'].map((ip) => startPod(ip, port)));
  const [one, two] = pods as [Awaited<ReturnType<typeof startPod>>, Awaited<ReturnType<typeof startPod>>];
  const dns = await startDns(() => pods.map(({ ip }) => ip));

  const dir = await tempDir();
  const [config, gateways] = [join(dir, 'haproxy.cfg'), join(dir, 'gateways.cfg')];
  const start = async () => {
    const operators = await freePort();
    writeFileSync(config, data?.['haproxy.cfg'] ?? '');
    // Only where things are is another than in a cluster.
    writeFileSync(gateways, (data?.['gateways.cfg'] ?? '').replace('parse-resolv-conf', `nameserver cluster 127.0.0.1:${dns}`).replaceAll(`${NAME}:8080`, `${NAME}:${port}`).replace(':8404', `:${operators}`));
    const haproxy = await withHaproxy({ configs: [config, gateways] });
    const get = async (path: string, cookie = '', base = haproxy.url) => {
      const response = await fetch(`${base}${path}`, { headers: { cookie, connection: 'close' } });
      return { status: response.status, by: await response.text(), cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
    };
    const health = async (path: string) => get(path, '', `http://127.0.0.1:${operators}`);
    const seen = async () => [...new Set((await Promise.all(Array.from({ length: 8 }, () => get('/')))).map(({ by }) => by))].toSorted().join();
    return { get, health, seen };
  };
  const [a, b] = [await start(), await start()];
  for (const { seen } of [a, b]) await waitFor('both pods to be in use', async () => (await seen()) === '127.0.0.2,127.0.0.3');
  expect((await a.health('/readyz')).status).toBe(200);
  expect((await a.health('/metrics')).by).toContain('haproxy_server_status');

  const cookies = new Map<string, string>();
  while (cookies.size < 2) {
    const { by, cookie } = await a.get('/');
    cookies.set(by, cookie);
  }
  expect(new Set(cookies.values()).size, 'a cookie for each pod').toBe(2);
  for (const [ip, cookie] of cookies) {
    expect(cookie).toMatch(/^parley_gateway=\w+$/);
    for (const { get } of [a, b, a, b]) expect(await get('/', cookie)).toMatchObject({ by: ip, cookie: '' });
  }

  // Leaving, and still in the DNS: no newcomers, and those it has stay.
  one.state.ready = false;
  await waitFor('newcomers to go to the other', async () => (await a.seen()) === two.ip);
  expect(await a.get('/', cookies.get(one.ip))).toMatchObject({ by: one.ip });

  // Gone, and another has come.
  one.stop();
  pods.splice(pods.indexOf(one), 1, await startPod('127.0.0.4', port));
  await waitFor('the new pod to be in use', async () => (await a.seen()) === '127.0.0.3,127.0.0.4', { deadlineMs: 60_000 });
  expect((await a.get('/', cookies.get(one.ip))).by).not.toBe(one.ip);
  expect(await a.get('/', cookies.get(two.ip))).toMatchObject({ by: two.ip, cookie: '' });

  for (const pod of pods) pod.stop();
  await waitFor('HAProxy to be unready without a gateway', async () => (await a.health('/readyz')).status === 503, { deadlineMs: 60_000 });
  expect((await a.health('/healthz')).status).toBe(200);
});
