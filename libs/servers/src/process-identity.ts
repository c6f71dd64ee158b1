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

type Status = { started: string; isZombie: boolean };

/** `started` counts from this boot and is empty if it cannot be told. */
const statusOf = (pid: number): Status => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // The second field, the program's name in parentheses, may itself hold spaces and parentheses. The third is the state, the 22nd the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { started: `${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${fields[19] ?? ''}`, isZombie: /^[ZX]/.test(fields[0] ?? '') };
  }
  const { stdout } = spawnSync('ps', ['-o', 'state=,lstart=', '-p', `${pid}`], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const [state = '', ...started] = (stdout ?? '').trim().split(/\s+/);
  return { started: started.join(' '), isZombie: state.startsWith('Z') };
};

export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, started: statusOf(process.pid).started });

/**
 * Where no start can be read, any process with that pid counts as the same. A zombie has ended: in a container whose first
 * process does not collect orphans it stays one for good.
 */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean => {
  if (!exists(pid)) return false;
  const status = statusOf(pid);
  return !status.isZombie && (started === '' || status.started === '' || status.started === started);
};
