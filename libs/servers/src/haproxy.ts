import { mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { spawnChild, untilReady } from './child.ts';
import { findBinary, pathDirs } from './find-binary.ts';
import { endLeftBehind } from './left-behind.ts';
import { startServer, type Server } from './server.ts';

export type HaproxyOptions = {
  /** Holds the log. */
  dataDir: string;
  /** Configuration files (absolute paths), in order. They may say "${PORT}", where HAProxy listens, and whatever `env` has. */
  configs: readonly string[];
  env?: Record<string, string>;
  port?: number;
  startDeadlineMs?: number;
};

const START_MS = 10_000;
const STOP_MS = 5_000;

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

export const startHaproxy = async (options: HaproxyOptions): Promise<Server> => {
  const binary = findBinary('haproxy', pathDirs(), 'Install Debian\'s `haproxy`.');
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  await endLeftBehind('haproxy', ({ cwd }) => cwd === dataDir);
  return startServer('haproxy', options.port, async (port) => {
    const child = spawnChild({
      name: 'haproxy',
      command: binary,
      // In the foreground, one process.
      args: ['-db', ...options.configs.flatMap((config) => ['-f', config])],
      env: { PATH: process.env['PATH'], ...options.env, PORT: `${port}` },
      cwd: dataDir,
      logFile: join(dataDir, 'haproxy.log'),
      // At once. SIGUSR1 would wait for every connection to end.
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    await untilReady(child, () => accepts(port), options.startDeadlineMs ?? START_MS);
    return child;
  }, (port) => `http://127.0.0.1:${port}`);
};
