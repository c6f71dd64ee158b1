import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export type PollFlood = {
  /** Ends it. Of each HTTP status, how many were answered with it; 0: no answer. */
  stop(): Promise<ReadonlyMap<number, number>>;
};

/**
 * Polls, as many as are answered, from a thread of its own; resolves when a hundred were. Of no session, of unknown ones and of one that is there, overlapping, with
 * bodies that are too large.
 */
export const startPollFlood = async (url: string): Promise<PollFlood> => {
  const flooder = new Worker(new URL('poll-flooder.ts', import.meta.url), { workerData: { url } });
  await once(flooder, 'message');
  const answered = once(flooder, 'message') as Promise<[ReadonlyMap<number, number>]>;
  answered.catch(() => {});
  return {
    async stop() {
      flooder.postMessage('stop', []);
      try {
        return (await answered)[0];
      } finally {
        await flooder.terminate();
      }
    },
  };
};
