import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, waitUntil } from '@parley/servers';
import { cpuMicrosBelow, memoryBelow } from './process-cpu.ts';

export type FanoutLoad = { listeners: number; perSecond: number; seconds: number; bodyBytes: number; /** Each message when everyone has the one before: as many, but at no fixed rate, and never two in a packet, however busy the machine. */ oneByOne?: boolean };
export type FanoutResult = {
  /** CPU time of every server process together per message delivered to one socket, µs. */
  microsPerDelivery: number;
  /** The same by program. */
  parts: Map<string, number>;
  /** Memory of all processes of gateways, once all is delivered, MB. */
  gatewayMegabytes: number;
  delivered: number;
  /** In which they came. Fewer than what was delivered: the machine was too busy to take each message by itself, and the figures say little. */
  packets: number;
  expected: number;
  ackP50Ms: number;
  ackP99Ms: number;
};

const ROOT = join(import.meta.dirname, '../../..');
const START_MS = 90_000;
const STOP_MS = 30_000;

export type Subject = { name: string; bare: boolean; /** Where clients connect to, if not to what was started. */ urls?: (dataDir: string) => string[]; start: (port: number, dataDir: string) => ChildProcess };

const node = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'ignore', 'inherit'] });

const clusterOf = (...args: string[]) => (port: number, dataDir: string): ChildProcess => node(['apps/cluster/src/main.ts', ...args], { PORT: `${port}`, DATA_DIR: dataDir });
const gatewayUrls = (dataDir: string): string[] =>
  [...new Set(readFileSync(join(dataDir, 'gateways.cfg'), 'utf8').match(/127\.0\.0\.1:\d+/g))].map((address) => `http://${address}`);

export const SUBJECTS: Record<'bare' | 'standalone' | 'cluster' | 'gateways', Subject> = {
  bare: { name: 'bare Socket.IO', bare: true, start: (port) => node(['loadtest/src/bench/bare-server.ts'], { PORT: `${port}` }) },
  standalone: { name: 'Parley, standalone', bare: false, start: (port, dataDir) => node(['apps/standalone/src/main.ts'], { PORT: `${port}`, DATA_DIR: dataDir }) },
  cluster: { name: 'Parley, cluster of two gateways', bare: false, start: clusterOf() },
  gateways: { name: 'the same, sockets straight on the gateways', bare: false, start: clusterOf(), urls: gatewayUrls },
};

/** Two cores for sockets, as two gateways or as one of two workers. */
const WORKERS = ['--gateways', '1', '--workers', '2'];
export const CORE_SUBJECTS: readonly Subject[] = [
  { name: 'two gateways, sockets straight on them', bare: false, start: clusterOf(), urls: gatewayUrls },
  { name: 'one gateway of two workers, sockets straight on it', bare: false, start: clusterOf(...WORKERS), urls: gatewayUrls },
  { name: 'two gateways behind HAProxy', bare: false, start: clusterOf() },
  { name: 'one gateway of two workers behind HAProxy', bare: false, start: clusterOf(...WORKERS) },
];

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(force);
};

/** One run: the server and everything it starts are measured from when all listeners are in until the last delivery. */
export const runFanout = async (subject: Subject, load: FanoutLoad): Promise<FanoutResult> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const port = await freePort();
  const server = subject.start(port, dataDir);
  try {
    const url = `http://127.0.0.1:${port}`;
    if (!(await waitUntil(() => answers(`${url}/readyz`), START_MS))) throw new Error(`${subject.name} was not ready in ${START_MS} ms`);
    const driver = spawn(process.execPath, ['loadtest/src/bench/fanout-driver.ts', JSON.stringify({ urls: subject.urls?.(dataDir) ?? [url], bare: subject.bare, ...load })], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
    if ((await lines.next()).value !== 'ready') throw new Error('the load could not start');
    const before = cpuMicrosBelow(server.pid!);
    driver.stdin.write('go\n');
    const report = JSON.parse(String((await lines.next()).value)) as Omit<FanoutResult, 'microsPerDelivery' | 'parts' | 'gatewayMegabytes'>;
    const parts = new Map([...cpuMicrosBelow(server.pid!)].map(([program, micros]) => [program, (micros - (before.get(program) ?? 0)) / report.delivered]));
    const gatewayMegabytes = (memoryBelow(server.pid!).get('apps/gateway') ?? 0) / 2 ** 20;
    await once(driver, 'exit');
    return { ...report, parts, gatewayMegabytes, microsPerDelivery: [...parts.values()].reduce((sum, micros) => sum + micros, 0) };
  } finally {
    await stop(server);
    await rm(dataDir, { recursive: true, force: true });
  }
};
