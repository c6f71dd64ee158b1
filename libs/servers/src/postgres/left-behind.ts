import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endProcesses, runningProcesses, type ProcessInfo } from '../processes.ts';
import { ServerError } from '../server-error.ts';
import { waitUntil } from '../wait-until.ts';

/** How long each way of stopping may take before the next, harsher one. */
const STOP_MS = { fast: 15_000, immediate: 5_000, killed: 5_000 };

const isPostmasterOf = ({ program, args }: ProcessInfo, pgdata: string): boolean => basename(program) === 'postgres' && args.some((arg, at) => arg === '-D' && args[at + 1] === pgdata);

/** Proof that the process is a Postgres of this very data folder, where each of its processes stands: a reused pid is somebody else's. */
const worksOn = (process: ProcessInfo, pgdata: string): boolean => isPostmasterOf(process, pgdata) || (process.program.includes('postgres') && process.cwd === pgdata);

const pidFile = (pgdata: string): string[] => {
  try {
    return readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
};

export const postmasterPid = (pgdata: string): number => Number(pidFile(pgdata)[0]);

/** Whether the postmaster with that pid says it takes connections. */
export const isPostmasterReady = (pgdata: string, pid: number): boolean => postmasterPid(pgdata) === pid && pidFile(pgdata)[7]?.trim() === 'ready';

/**
 * Ends whatever an earlier run left behind on this data folder, so that a new Postgres can start there at once:
 * a postmaster that outlived us, processes that outlived their postmaster, a lock file whose pid is nobody's or somebody else's.
 * Requires that the caller owns the folder (`lockDataDir`). Anything that is not in this folder is left alone.
 */
export const clearLeftBehind = async (pgdata: string, stopMs = STOP_MS): Promise<void> => {
  const all = () => runningProcesses().filter((process) => worksOn(process, pgdata)).map(({ pid }) => pid);
  const postmasters = () => all().filter((pid) => pid === postmasterPid(pgdata));

  if (postmasters().length > 0) await endProcesses(postmasters, [{ signal: 'SIGINT', waitMs: stopMs.fast }, { signal: 'SIGQUIT', waitMs: stopMs.immediate }]);
  // Processes whose postmaster is gone leave by themselves, at the latest when their query is done.
  const gone = (await waitUntil(() => all().length === 0, stopMs.immediate)) || (await endProcesses(all, [{ signal: 'SIGKILL', waitMs: stopMs.killed }]));
  if (!gone) throw new ServerError('data_dir_locked', `Postgres ${all().join(', ')} still works on ${pgdata} and cannot be stopped. Stop it, then start again.`);
  rmSync(join(pgdata, 'postmaster.pid'), { force: true });
};
