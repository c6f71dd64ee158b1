/** Set by whoever starts a process that must not outlive it, to its own process id. */
export const PARENT_PID = 'PARLEY_PARENT_PID';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

export type ParentWatchOptions = { env?: NodeJS.ProcessEnv; intervalMs?: number };

/**
 * Calls `onGone` once the launcher named in the environment is gone, also by kill -9, which no signal handler of its
 * could pass on. Watches `ppid` where the launcher is the parent: unlike a process id, that is never given to another.
 */
export const watchParent = (onGone: () => void, { env = process.env, intervalMs = 500 }: ParentWatchOptions = {}): (() => void) => {
  const pid = Number(env[PARENT_PID]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return () => undefined;
  const isChild = process.ppid === pid;
  const timer = setInterval(() => {
    if (isChild ? process.ppid === pid : isAlive(pid)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
};
