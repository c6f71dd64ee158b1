import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type Process = { pid: number; command: string };

const POLL_MS = 100;

/** Processes that were given this folder for their temporary files, they or whoever started them. Where there is no /proc, none. */
export const processesWithin = (folder: string): Process[] => {
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.flatMap((pid) => {
    try {
      readlinkSync(`/proc/${pid}/exe`);
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}`)) return [];
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch {
      return []; // Gone meanwhile, another user's, or ended and not yet reaped.
    }
  });
};

/** Waits until they have left; ends by force, and returns, those that are still there `patienceMs` later. */
export const endProcessesWithin = async (folder: string, patienceMs: number): Promise<Process[]> => {
  const until = Date.now() + patienceMs;
  while (processesWithin(folder).length > 0 && Date.now() < until) await sleep(POLL_MS);
  const left = processesWithin(folder);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Left at the last moment.
    }
  }
  while (processesWithin(folder).length > 0 && Date.now() < until + patienceMs) await sleep(POLL_MS);
  return left;
};
