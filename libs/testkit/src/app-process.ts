import { fileURLToPath } from 'node:url';
import { spawnChild, type Child, type Exit } from '@parley/servers';
import { waitFor } from './wait-for.ts';

/** One of Parley's apps as a process of its own. */
export type AppProcess = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Of the app itself, past any proxy. */
  readonly url: string;
  readonly pid: number;
  readonly isRunning: boolean;
  readonly exit: Exit | undefined;
  readonly exited: Promise<Exit>;
  /** SIGTERM, and waits until it has gone. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** On the same port, after it has gone; resolves when ready. */
  start(): Promise<void>;
  isReady(): Promise<boolean>;
  /** The sum of a metric over its labels; `name` without the prefix `parley_`. 0 if it was never counted. */
  metric(name: string): Promise<number>;
  logTail(): string;
};

export type AppProcessOptions = {
  app: 'gateway' | 'persistence' | 'moderation';
  name: string;
  port: number;
  env: Record<string, string>;
  logFile: string;
  args?: readonly string[];
  /** For node itself, before the script. */
  nodeArgs?: readonly string[];
  /** Put before the command; it has to replace itself by it (`exec`), as `ip netns exec` does. */
  prefix?: readonly string[];
  /** Where others reach it. */
  host?: string;
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** On a busy machine; a start takes a second or two. */
const READY_MS = 60_000;
const STOP_MS = 60_000;
const ANSWER_MS = 5_000;

/** Resolves when the app is ready. */
export const startAppProcess = async ({ app, name, port, env, logFile, args = [], nodeArgs = [], prefix, host = '127.0.0.1' }: AppProcessOptions): Promise<AppProcess> => {
  const url = `http://${host}:${port}`;
  const get = (path: string): Promise<Response> => fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
  const isReady = async (): Promise<boolean> => (await get('/readyz').catch(() => null))?.ok === true;

  const spawn = async (): Promise<Child> => {
    const child = spawnChild({
      name,
      command: process.execPath,
      args: [...nodeArgs, `apps/${app}/src/main.ts`, ...args],
      cwd: ROOT,
      env: { ...process.env, LOG_LEVEL: 'info', SHUTDOWN_TIMEOUT: '25', ...env, PORT: `${port}`, HOST: host, NODE_NAME: name },
      prefix,
      logFile,
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    try {
      await waitFor(`${name} to be ready or to end`, async () => child.exit !== undefined || (await isReady()), { deadlineMs: READY_MS, intervalMs: 50 });
      if (child.exit) throw new Error(`it ended: ${JSON.stringify(child.exit)}`);
    } catch (error) {
      await child.kill();
      throw new Error(`${name} did not start:\n${child.logTail()}`, { cause: error });
    }
    return child;
  };

  let child = await spawn();
  return {
    name,
    host,
    port,
    url,
    get pid() {
      return child.pid;
    },
    get isRunning() {
      return child.exit === undefined;
    },
    get exit() {
      return child.exit;
    },
    get exited() {
      return child.exited;
    },
    async stop() {
      if (!child.exit) process.kill(child.pid, 'SIGCONT');
      await child.stop();
    },
    kill: () => child.kill(),
    pause: () => void process.kill(child.pid, 'SIGSTOP'),
    resume: () => void process.kill(child.pid, 'SIGCONT'),
    async start() {
      await child.kill();
      child = await spawn();
    },
    isReady,
    async metric(metric) {
      const text = await (await get('/metrics')).text();
      const values = [...text.matchAll(new RegExp(`^parley_${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value));
      return values.reduce((sum, value) => sum + value, 0);
    },
    logTail: () => child.logTail(),
  };
};
