import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, spawnChild } from '@parley/servers';
import { tempDir, type Cleanup } from './servers.ts';
import { waitFor } from './wait-for.ts';

/** A whole Parley, started the way a newcomer starts it. */
export type Parley = {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** The processes it started, and those below, whose command line holds `part`: `apps/gateway`, `redis-server`, … */
  processes(part: string): number[];
  /** SIGKILL to the main process alone, at once. */
  kill(): Promise<void>;
  /** SIGTERM, in an orderly way. */
  stop(): Promise<void>;
  /** On the same port and data folder, after a kill or a stop. */
  start(): Promise<void>;
  logTail(): string;
};

export type ParleyOptions = {
  app: 'standalone' | 'cluster';
  args?: readonly string[];
  env?: Record<string, string>;
  /** Default: a folder of its own, gone after the test. */
  dataDir?: string;
  cleanup?: Cleanup;
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** On a busy machine; a start takes a few seconds. */
const READY_MS = 120_000;
const STOP_MS = 90_000;

const parentOf = (pid: string): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

const readOr = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

/** The processes below `root`, by /proc. */
const below = (root: number): number[] => {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), readOr(() => parentOf(pid), 0)] as const);
  const found = [root];
  for (const parent of found) found.push(...parents.filter(([, of]) => of === parent).map(([pid]) => pid));
  return found.slice(1);
};

const answers = async (url: string): Promise<boolean> => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;

export const startParley = async ({ app, args = [], env = {}, cleanup, ...options }: ParleyOptions): Promise<Parley> => {
  const dataDir = options.dataDir ?? (await tempDir(cleanup));
  const logs = await tempDir(cleanup);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;

  const start = async () => {
    const child = spawnChild({
      name: app,
      command: process.execPath,
      args: [`apps/${app}/src/main.ts`, ...args],
      cwd: ROOT,
      env: { ...process.env, LOG_LEVEL: 'warn', ...env, PORT: `${port}`, DATA_DIR: dataDir },
      logFile: `${logs}/${app}.log`,
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    try {
      // Of a cluster, all of it: HAProxy answers as soon as one gateway is ready.
      await waitFor(`${app} to be ready or to end`, async () => child.exit !== undefined || (child.logTail().includes('Parley is at') && (await answers(`${url}/readyz`))), { deadlineMs: READY_MS, intervalMs: 50 });
      if (child.exit) throw new Error(`it ended: ${JSON.stringify(child.exit)}`);
    } catch (error) {
      const tail = child.logTail();
      await child.stop();
      throw new Error(`${app} did not start:\n${tail}`, { cause: error });
    }
    return child;
  };

  let child = await start();
  const parley: Parley = {
    url,
    dataDir,
    get pid() {
      return child.pid;
    },
    processes: (part) => below(child.pid).filter((pid) => readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').includes(part)),
    kill: () => child.kill(),
    stop: () => child.stop(),
    async start() {
      child = await start();
    },
    logTail: () => child.logTail(),
  };
  return parley;
};
