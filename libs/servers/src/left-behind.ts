import { basename } from 'node:path';
import { endProcesses, runningProcesses, type ProcessInfo } from './processes.ts';
import { ServerError } from './server-error.ts';

const STEPS = [{ signal: 'SIGTERM', waitMs: 10_000 }, { signal: 'SIGKILL', waitMs: 5_000 }] as const;

/** Ends a server of an earlier run that still works on what is ours (`isOurs` tells by its arguments or folder): two on the same files would spoil them. */
export const endLeftBehind = async (program: string, isOurs: (process: ProcessInfo) => boolean): Promise<void> => {
  const find = () => runningProcesses().filter((each) => basename(each.program).startsWith(program) && isOurs(each)).map(({ pid }) => pid);
  if (find().length === 0 || (await endProcesses(find, STEPS))) return;
  throw new ServerError('data_dir_locked', `${program} ${find().join(', ')} of an earlier run cannot be stopped. Stop it, then start again.`);
};
