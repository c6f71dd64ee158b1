import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks per second in /proc/<pid>/stat: fixed at 100 on Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

type Stat = { pid: number; parent: number; cpuMicros: number };

const statOf = (pid: string): Stat | null => {
  try {
    // The command's name is in parentheses and may hold anything: the fields start behind the last one.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime: of this process and its threads. Of children that ended: cutime, cstime.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return { pid: Number(pid), parent: Number(fields[1]), cpuMicros: (ticks * 1e6) / TICKS_PER_SECOND };
  } catch {
    return null;
  }
};

/** CPU time, µs, that these processes and all below them have used, user and system, as the OS counts it. */
export const cpuMicrosOf = (roots: readonly number[]): number => {
  const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(statOf).filter((stat) => stat !== null);
  const wanted = new Set(roots);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of stats) {
      if (wanted.has(parent) && !wanted.has(pid)) grown = wanted.add(pid).size > 0;
    }
  }
  return stats.filter(({ pid }) => wanted.has(pid)).reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
};
