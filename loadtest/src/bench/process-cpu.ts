import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** Clock ticks per second in /proc/<pid>/stat: fixed at 100 on Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

type Process = { pid: number; parent: number; program: string; cpuMicros: number };

/** `apps/gateway` for one of ours, else the program's name. */
const programOf = (pid: string): string => {
  const [command = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const app = args.map((arg) => /apps\/\w+/.exec(arg)?.[0]).find((found) => found !== undefined);
  // Postgres' processes write what they do into their command line.
  return app ?? basename(command.split(' ')[0]!).replace(/:$/, '');
};

const processOf = (pid: string): Process | null => {
  try {
    // The command's name is in parentheses and may hold anything: the fields start behind the last one.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime: of this process and its threads. Of children that ended: cutime, cstime.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return { pid: Number(pid), parent: Number(fields[1]), program: programOf(pid), cpuMicros: (ticks * 1e6) / TICKS_PER_SECOND };
  } catch {
    return null;
  }
};

const treeBelow = (root: number): Process[] => {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(processOf).filter((each) => each !== null);
  const tree = new Set([root]);
  // A set is walked on to what is added meanwhile.
  for (const pid of tree) for (const each of processes) if (each.parent === pid) tree.add(each.pid);
  return processes.filter(({ pid }) => tree.has(pid));
};

const sumByProgram = (processes: readonly Process[], measure: (each: Process) => number): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const each of processes) sums.set(each.program, (sums.get(each.program) ?? 0) + measure(each));
  return sums;
};

/** CPU time, µs, that a process and all below it have used, user and system, as the OS counts it; by program. */
export const cpuMicrosBelow = (root: number): Map<string, number> => sumByProgram(treeBelow(root), ({ cpuMicros }) => cpuMicros);

/** Memory, bytes, of a process and all below it; what several share (PSS) is counted once; by program. */
export const memoryBelow = (root: number): Map<string, number> =>
  sumByProgram(treeBelow(root), ({ pid }) => Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024);
