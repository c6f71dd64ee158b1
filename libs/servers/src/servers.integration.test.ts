import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { tempDir, waitFor, withHaproxy, withNats, withNatsCluster, withRedis } from '@parley/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findBinary } from './find-binary.ts';
import { freePort, isFree, natsBinaries, startNats, startRedis } from './index.ts';

const isHere = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** Sends one inline command to Redis and returns the answer's first line. */
const redis = (port: number, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().split('\r\n')[0] ?? '');
    });
  });

const orphanCommand = (name: string, dataDir: string, port: number): string[] =>
  name === 'nats-server' ? [natsBinaries()[0]?.path ?? '', '-c', join(realpathSync(dataDir), 'nats.conf')] : ['redis-server', '--port', `${port}`, '--dir', dataDir, '--save', ''];

describe.each(natsBinaries())('nats-server $version', ({ path, version }) => {
  test('starts with JetStream, is killed and comes back on its port', async () => {
    const nats = await withNats({ binary: path });
    expect(nats.version).toBe(version);
    const { url, pid } = nats;
    const { config } = (await nats.monitor('/jsz')) as { config: { store_dir: string } };
    await nats.kill();
    expect(isHere(pid)).toBe(false);
    await nats.restart();
    expect(nats.url).toBe(url);
    expect(await nats.monitor('/jsz')).toMatchObject({ config: { store_dir: config.store_dir } });
  });
});

test.each([
  ['nats-server', (dataDir: string, port: number) => startNats({ dataDir, port })],
  ['redis-server', (dataDir: string, port: number) => startRedis({ dataDir, port })],
] as const)('a %s that an earlier run left behind on the same folder is replaced', async (_name, start) => {
  const dataDir = await tempDir();
  const port = await freePort();
  const first = await start(dataDir, port);
  await first.stop();
  // The same program again, of which nobody takes care.
  const [command = '', ...args] = orphanCommand(first.name, dataDir, port);
  const orphan = spawn(command, args, { stdio: 'ignore', detached: true });
  onTestFinished(() => void orphan.kill('SIGKILL'));
  await waitFor('the orphan to listen', async () => !(await isFree(port)));
  const second = await start(dataDir, port);
  onTestFinished(() => second.stop());
  await waitFor('the orphan to be gone', () => orphan.exitCode !== null || orphan.signalCode !== null);
  expect(second.isRunning).toBe(true);
});

test('a sync interval is refused where the server would not know it', async () => {
  const old = natsBinaries().find(({ version }) => version.startsWith('2.9.'));
  if (!old) return;
  await expect(withNats({ binary: old.path, syncInterval: 'always' })).rejects.toMatchObject({ code: 'unsupported_version' });
});

test('a cluster of three elects a leader, and again after one was killed and came back', async () => {
  const cluster = await withNatsCluster(3);
  await cluster.servers[1]?.kill();
  await cluster.ready();
  await cluster.servers[1]?.restart();
  await cluster.ready();
  expect(cluster.servers.every((server) => server.isRunning)).toBe(true);
});

test('Redis comes back empty', async () => {
  const server = await withRedis();
  expect(await redis(server.port, 'SET a 1')).toBe('+OK');
  await server.kill();
  await server.restart();
  expect(await redis(server.port, 'GET a')).toBe('$-1');
});

test('a port that is taken is refused by number', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await expect(withRedis({ port })).rejects.toMatchObject({ code: 'port_taken', message: expect.stringContaining(`${port}`) });
});

test('a missing program names what to install', () => {
  expect(() => findBinary('no-such-server', ['/nowhere'], 'Install Debian\'s `no-such-server`.')).toThrow(expect.objectContaining({ code: 'binary_missing', message: expect.stringContaining('Install Debian') }));
});

test('a server that ends before it is ready gives its last words', async () => {
  await expect(startRedis({ dataDir: await tempDir(), settings: { maxmemory: 'a lot' } })).rejects.toMatchObject({ code: 'exited_early', message: expect.stringContaining('maxmemory') });
});

test('HAProxy runs any configuration that says "${PORT}"', async () => {
  const config = join(await tempDir(), 'haproxy.cfg');
  writeFileSync(config, 'defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend f\n  bind "127.0.0.1:${PORT}"\n  http-request return status 200 content-type text/plain string "hello"\n');
  const haproxy = await withHaproxy({ configs: [config] });
  expect(await (await fetch(haproxy.url)).text()).toBe('hello');
  const pid = haproxy.pid;
  await haproxy.restart();
  expect(haproxy.pid).not.toBe(pid);
  await waitFor('the old one to be gone', () => !isHere(pid));
  expect(readFileSync(`/proc/${haproxy.pid}/cmdline`, 'utf8')).toContain('haproxy');
});
