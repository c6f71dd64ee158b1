import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

export type ProcessInfo = { pid: number; program: string; args: string[]; /** Empty where it may not be read. */ cwd: string };

const hasProc = existsSync('/proc/self/stat');

const readOr = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const infoFromProc = (pid: number): ProcessInfo | undefined => {
  const [program = '', ...args] = readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').split('\0');
  // A zombie has none any more: it has ended, only its parent has not been told yet.
  return program === '' ? undefined : { pid, program, args, cwd: readOr(() => readlinkSync(`/proc/${pid}/cwd`), '') };
};

/** Processes that run. Without /proc, paths with spaces in a command line are not recognised. */
export const runningProcesses = (): ProcessInfo[] => {
  if (hasProc) return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => infoFromProc(Number(name)) ?? []);
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid = '', program = '', ...args] = line.trim().split(/\s+/);
    return program === '' ? [] : [{ pid: Number(pid), program, args, cwd: '' }];
  });
};

export type StopStep = { signal: NodeJS.Signals; waitMs: number };

/** Sends what `find` finds one signal after the other until it finds nothing; false if there still is something after the last. */
export const endProcesses = async (find: () => number[], steps: readonly StopStep[]): Promise<boolean> => {
  for (const { signal, waitMs } of steps) {
    for (const pid of find()) readOr(() => process.kill(pid, signal), false);
    if (await waitUntil(() => find().length === 0, waitMs)) return true;
  }
  return false;
};
