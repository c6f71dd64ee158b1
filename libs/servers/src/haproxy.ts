import { execFile } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnChild, untilReady } from './child.ts';
import { findBinary, pathDirs } from './find-binary.ts';
import { endLeftBehind } from './left-behind.ts';
import { ServerError } from './server-error.ts';
import { startServer, type Server } from './server.ts';
import { waitUntil } from './wait-until.ts';

export type HaproxyOptions = {
  /** Holds the log and, where the configuration has one, the admin socket. */
  dataDir: string;
  /** Configuration files (absolute paths), in order. They may say "${PORT}", where HAProxy listens, "${ADMIN_SOCKET}", where it is administered, and whatever `env` has. */
  configs: readonly string[];
  env?: Record<string, string>;
  port?: number;
  /** The address to listen on, which configuration files may call "${HOST}". Default 127.0.0.1, unless `env` has one. */
  host?: string;
  /** Put before the command; it has to replace itself by it (`exec`), as `ip netns exec` does. */
  prefix?: readonly string[];
  startDeadlineMs?: number;
};

export type Haproxy = Server & {
  /**
   * Reads its configuration again. A new process takes the listeners over and the old one keeps its connections until they end
   * (`hard-stop-after` at the latest): nobody is refused or cut. Rejects if the configuration is wrong; all is then as before.
   */
  reload(): Promise<void>;
  /** One command of its admin socket, and what that answers. */
  administer(command: string): Promise<string>;
};

const LOOPBACK = '127.0.0.1';
const START_MS = 10_000;
const STOP_MS = 5_000;
const RELOAD_MS = 10_000;
const ANSWER_MS = 5_000;
/** In the data folder, where HAProxy runs: relative, as the whole path may be longer than a socket's may. */
const ADMIN_SOCKET = 'admin.sock';

const accepts = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const check = promisify(execFile);

const ask = (path: string, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.end(`${command}\n`));
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new ServerError('not_ready', `HAProxy does not answer "${command}"`)));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer.trim()));
  });

export const startHaproxy = async (options: HaproxyOptions): Promise<Haproxy> => {
  const binary = findBinary('haproxy', pathDirs(), 'Install Debian\'s `haproxy`.');
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  await endLeftBehind('haproxy', ({ cwd }) => cwd === dataDir);
  const { host = LOOPBACK } = options;
  const files = options.configs.flatMap((config) => ['-f', config]);
  const envOf = (port: number): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOST: host, ...options.env, PORT: `${port}`, ADMIN_SOCKET: `unix@${ADMIN_SOCKET}` });
  const server = await startServer('haproxy', options.port, async (port) => {
    const child = spawnChild({
      name: 'haproxy',
      command: binary,
      // In the foreground: a master, which stays, and a worker, which a reload replaces. The workers go when the master does.
      args: ['-W', '-db', ...files],
      env: envOf(port),
      prefix: options.prefix,
      cwd: dataDir,
      logFile: join(dataDir, 'haproxy.log'),
      // At once. SIGUSR1 would wait for every connection to end.
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    await untilReady(child, () => accepts(port, host), options.startDeadlineMs ?? START_MS);
    return child;
  }, (port) => `http://${host}:${port}`);

  const administer = (command: string): Promise<string> => ask(join(dataDir, ADMIN_SOCKET), command);
  const workerPid = async (): Promise<string | undefined> => /^Pid: (\d+)$/m.exec(await administer('show info'))?.[1];
  const reload = async (): Promise<void> => {
    // A master that meets a wrong one goes on with its old workers, but says so only in its log.
    await check(binary, ['-c', ...files], { cwd: dataDir, env: envOf(server.port) }).catch((error: unknown) => {
      throw new ServerError('not_ready', `HAProxy's configuration is wrong: ${String(error)}`, { cause: error });
    });
    const before = await workerPid();
    process.kill(server.pid, 'SIGUSR2');
    const replaced = await waitUntil(async () => {
      const now = await workerPid().catch(() => undefined);
      return now !== undefined && now !== before;
    }, RELOAD_MS);
    if (!replaced) throw new ServerError('not_ready', `HAProxy did not reload:\n${server.logTail()}`);
  };
  // Not spread: what the server tells changes.
  return Object.assign(server, { administer, reload });
};
