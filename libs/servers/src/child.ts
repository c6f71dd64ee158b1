import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerError } from './server-error.ts';
import { waitUntil } from './wait-until.ts';

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type ChildOptions = {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  /** Goes before the command and replaces itself by it (`exec`), so that the pid stays. */
  prefix?: readonly string[] | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  cwd?: string | undefined;
  /**
   * Receives stdout and stderr; without it they are ours. A file and no pipe: a server must not stall because its starter
   * is busy, nor die of a closed pipe.
   */
  logFile?: string | undefined;
  /** The signal that asks for an orderly stop. */
  stopSignal: NodeJS.Signals;
  /** After this long without an exit, SIGKILL. */
  stopDeadlineMs: number;
};

export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly exit: Exit | undefined;
  /** The end of what it printed. */
  logTail(): string;
  /** Asks it to stop, and kills it if it does not in time. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
};

const LOG_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 3000;

const openLog = (path: string): { path: string; fd: number; start: number } => {
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(path, `${path}.1`);
  const fd = openSync(path, 'a', 0o600);
  return { path, fd, start: fstatSync(fd).size };
};

let deathSignals: boolean | undefined;
/**
 * The kernel sends the signal when the starter ends in whatever way, kill -9 included. `setpriv` (util-linux) sets it
 * and replaces itself by the command. Elsewhere only an orderly exit takes the children along.
 */
const withDeathSignal = (signal: NodeJS.Signals): string[] => {
  deathSignals ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0;
  return deathSignals ? ['setpriv', '--pdeathsig', signal.slice('SIG'.length), '--'] : [];
};

const running = new Map<number, NodeJS.Signals>();
const stopAll = (): void => {
  for (const [pid, signal] of running) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone already.
    }
  }
};

/** Starts a program in our own process group, to die with us. */
export const spawnChild = (options: ChildOptions): Child => {
  const { name, logFile, stopSignal, stopDeadlineMs } = options;
  const log = logFile === undefined ? undefined : openLog(logFile);
  const [command = options.command, ...args] = [...(options.prefix ?? []), ...withDeathSignal(stopSignal), options.command, ...options.args];
  const child = spawn(command, args, {
    stdio: ['ignore', log?.fd ?? 'inherit', log?.fd ?? 'inherit'],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  if (log) closeSync(log.fd);

  let exit: Exit | undefined;
  let failure: Error | undefined;
  const exited = new Promise<Exit>((resolve) => {
    const settle = (result: Exit) => {
      exit = result;
      if (child.pid !== undefined) running.delete(child.pid);
      resolve(result);
    };
    child.once('error', (error) => {
      failure = error;
      if (child.pid === undefined) settle({ code: -1, signal: null });
    });
    child.once('exit', (code, signal) => settle({ code, signal }));
  });
  if (child.pid !== undefined) {
    if (running.size === 0 && !process.listeners('exit').includes(stopAll)) process.on('exit', stopAll);
    running.set(child.pid, stopSignal);
  }

  return {
    name,
    pid: child.pid ?? -1,
    exited,
    get exit() {
      return exit;
    },
    logTail: () => {
      const printed = log ? readFileSync(log.path).subarray(log.start).subarray(-TAIL_BYTES).toString().trim() : '';
      return [failure?.message, printed].filter(Boolean).join('\n');
    },
    async stop() {
      if (exit) return;
      child.kill(stopSignal);
      const timer = new AbortController();
      await Promise.race([exited, sleep(stopDeadlineMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined)]);
      timer.abort();
      if (!exit) child.kill('SIGKILL');
      await exited;
    },
    async kill() {
      if (exit) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
};

const describeExit = ({ code, signal }: Exit): string => (signal ? `by ${signal}` : `with code ${code}`);

/** Resolves once `isReady` holds. If the child ends before, or the deadline passes, it is killed and its last words are in the error. */
export const untilReady = async (child: Child, isReady: () => boolean | Promise<boolean>, deadlineMs: number): Promise<void> => {
  let ready = false;
  await waitUntil(async () => child.exit !== undefined || (ready = await isReady()), deadlineMs);
  if (ready && !child.exit) return;
  if (child.exit) throw new ServerError('exited_early', `${child.name} ended ${describeExit(child.exit)} before it was ready:\n${child.logTail()}`);
  await child.kill();
  throw new ServerError('not_ready', `${child.name} was not ready within ${deadlineMs} ms:\n${child.logTail()}`);
};
