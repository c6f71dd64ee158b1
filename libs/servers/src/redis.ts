import { mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { spawnChild, untilReady } from './child.ts';
import { findBinary, pathDirs } from './find-binary.ts';
import { endLeftBehind } from './left-behind.ts';
import { startServer, type Server } from './server.ts';

export type RedisOptions = {
  /** Holds the log. Nothing is persisted: after a restart it is empty. */
  dataDir: string;
  port?: number;
  /** Further `--name value` settings. */
  settings?: Record<string, string>;
  startDeadlineMs?: number;
};

const START_MS = 15_000;
const STOP_MS = 5_000;
const PROBE_MS = 1_000;

/** Whether the Redis that listens there is that very process. */
const isServing = (port: number, pid: number): Promise<boolean> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('INFO server\r\n'));
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PROBE_MS, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      const id = /process_id:(\d+)\r/.exec(answer)?.[1];
      if (id !== undefined) settle(Number(id) === pid);
    });
  });

export const startRedis = async (options: RedisOptions): Promise<Server> => {
  const binary = findBinary('redis-server', pathDirs(), 'Install Debian\'s `redis-server`.');
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  const settings = { bind: '127.0.0.1', dir: dataDir, save: '', appendonly: 'no', daemonize: 'no', ...options.settings };
  // It puts its address where its arguments were, but stands in its folder. Nothing of its files is spoiled; its port may be.
  await endLeftBehind('redis-server', ({ cwd }) => cwd === dataDir);
  return startServer('redis-server', options.port, async (port) => {
    const child = spawnChild({
      name: 'redis-server',
      command: binary,
      args: ['--port', `${port}`, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
      logFile: join(dataDir, 'redis.log'),
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    await untilReady(child, () => isServing(port, child.pid), options.startDeadlineMs ?? START_MS);
    return child;
  }, (port) => `redis://127.0.0.1:${port}`);
};
