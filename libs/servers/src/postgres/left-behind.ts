import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ServerError } from '../server-error.ts';
import { waitUntil } from '../wait-until.ts';

/** How long each way of stopping may take before the next, harsher one. */
const STOP_MS = { fast: 15_000, immediate: 5_000, killed: 5_000 };

const readOr = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const hasProc = existsSync('/proc/self/stat');

const commandLine = (pid: number): string[] =>
  hasProc
    ? readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').split('\0')
    : (spawnSync('ps', ['-ww', '-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).stdout ?? '').trim().split(' ');

/** A zombie has ended; its parent has only not been told yet. */
const isZombie = (pid: number): boolean => /^State:\s+[ZX]/m.test(readOr(() => readFileSync(`/proc/${pid}/status`, 'utf8'), ''));

/** Proof that the process is a Postgres of this very data folder: a reused pid is somebody else's. */
const worksOn = (pid: number, pgdata: string): boolean => {
  const [program = '', ...args] = commandLine(pid);
  if (isZombie(pid)) return false;
  const flag = args.indexOf('-D');
  if (basename(program) === 'postgres' && flag !== -1 && args[flag + 1] === pgdata) return true;
  // Postgres and each of its processes stand in the data folder.
  return program.includes('postgres') && readOr(() => readlinkSync(`/proc/${pid}/cwd`), '') === pgdata;
};

const processesOn = (pgdata: string): number[] =>
  (hasProc ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number) : []).filter((pid) => worksOn(pid, pgdata));

const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Ended meanwhile.
    }
  }
};

export const postmasterPid = (pgdata: string): number | undefined => {
  const pid = Number(readOr(() => readFileSync(join(pgdata, 'postmaster.pid'), 'utf8'), '').split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
};

/** Whether the postmaster with that pid says it takes connections. */
export const isPostmasterReady = (pgdata: string, pid: number): boolean => {
  const lines = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

/**
 * Ends whatever an earlier run left behind on this data folder, so that a new Postgres can start there at once:
 * a postmaster that outlived us, processes that outlived their postmaster, a lock file whose pid is nobody's or somebody else's.
 * Requires that the caller owns the folder (`lockDataDir`). Anything that is not in this folder is left alone.
 */
export const clearLeftBehind = async (pgdata: string, stopMs = STOP_MS): Promise<void> => {
  const rest = () => {
    const postmaster = postmasterPid(pgdata);
    const found = processesOn(pgdata);
    return postmaster !== undefined && !found.includes(postmaster) && worksOn(postmaster, pgdata) ? [postmaster, ...found] : found;
  };
  const gone = (deadlineMs: number) => waitUntil(() => rest().length === 0, deadlineMs);

  const postmaster = postmasterPid(pgdata);
  if (postmaster !== undefined && rest().includes(postmaster)) {
    signal([postmaster], 'SIGINT');
    if (!(await gone(stopMs.fast))) signal([postmaster], 'SIGQUIT');
  }
  if (!(await gone(stopMs.immediate))) {
    signal(rest(), 'SIGKILL');
    if (!(await gone(stopMs.killed))) throw new ServerError('data_dir_locked', `Postgres ${rest().join(', ')} still works on ${pgdata} and cannot be stopped. Stop it, then start again.`);
  }
  rmSync(join(pgdata, 'postmaster.pid'), { force: true });
};
