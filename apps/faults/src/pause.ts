/** SIGSTOP. Answers SIGCONT, which may come when it has gone. */
export const pause = ({ pid }: { pid: number }): (() => Promise<void>) => {
  process.kill(pid, 'SIGSTOP');
  return async () => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
};
