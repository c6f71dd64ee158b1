/** SIGSTOP. Answers SIGCONT, which may come when it has gone. */
export const pause = (each: { pid: number }): (() => Promise<void>) => {
  const { pid } = each;
  process.kill(pid, 'SIGSTOP');
  return () => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return Promise.reject(error as Error);
    }
    return Promise.resolve();
  };
};
