import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process beyond its pid, which is soon somebody else's. */
export type ProcessIdentity = { pid: number; /** Opaque: equal only for the same process. */ started: string };

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** When a process started, counted from this boot; empty if it cannot be told. */
const startedAt = (pid: number): string => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // The second field, the program's name in parentheses, may itself hold spaces and parentheses; the start is the 22nd.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${ticks}`;
  }
  return (spawnSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).stdout ?? '').trim();
};

export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, started: startedAt(process.pid) });

/** Where no start can be read, any process with that pid counts as the same. */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean => exists(pid) && (started === '' || [started, ''].includes(startedAt(pid)));
