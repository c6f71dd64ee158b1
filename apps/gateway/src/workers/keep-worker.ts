import type { Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@parley/runtime';
import { RETIRE } from './place.ts';

export type WorkerExit = { code: number | null; signal: string | null };

export type KeepWorkerOptions = {
  number: number;
  logger: Logger;
  /** Starts a process for the `start`th time. */
  fork: (start: number) => Worker;
  /** It ended so many times in a row before it listened. */
  onFailing: (failures: number, exit: WorkerExit) => void;
  /** From SIGTERM until SIGKILL, milliseconds. */
  stopMs: number;
  /** Before the first restart, and the most; it doubles with each that follows soon. Defaults 200 and 5 000. */
  delayMs?: { first: number; most: number };
  /** One that ran this long is started again as if for the first time. Default 10 000. */
  settledMs?: number;
};

export type KeptWorker = {
  readonly number: number;
  readonly pid: number | undefined;
  /** Whether it takes connections. */
  readonly listening: boolean;
  /** Resolves with how it ended once nothing is left of it. It is not started again. */
  stop(signal: 'SIGTERM' | 'SIGINT'): Promise<WorkerExit>;
  /** Has it leave; resolves once the one after it listens. One that does not listen yet is new as it is, and only waited for. */
  replace(): Promise<void>;
};

/** Resolves when the process has ended, or could not even begin. */
const ended = (worker: Worker, logger: Logger): Promise<WorkerExit> =>
  new Promise((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, signal }));
    // Also of a message that could not be sent: who listens to nothing is killed by it.
    worker.on('error', (error) => {
      logger.error({ err: error }, 'trouble with a worker');
      if (worker.process.pid === undefined) resolve({ code: 1, signal: null });
    });
  });

/** Keeps one worker running, until it is told to stop. */
export const keepWorker = ({ number, logger, fork, onFailing, stopMs, delayMs = { first: 200, most: 5_000 }, settledMs = 10_000 }: KeepWorkerOptions): KeptWorker => {
  const stopping = new AbortController();
  let worker: Worker | null = null;
  let listening = false;
  let onListening = (): void => {};

  const keep = async (): Promise<WorkerExit> => {
    let delay = delayMs.first;
    let failures = 0;
    for (let start = 1; ; start += 1) {
      const since = performance.now();
      const current = fork(start);
      worker = current;
      current.once('listening', () => {
        listening = true;
        failures = 0;
        onListening();
      });
      const exit = await ended(current, logger);
      worker = null;
      if (stopping.signal.aborted) return exit;
      if (!listening) onFailing(failures += 1, exit);
      listening = false;
      if (performance.now() - since > settledMs) delay = delayMs.first;
      logger.warn({ worker: number, ...exit, delayMs: delay }, 'a worker ended: starting it again');
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return exit;
      delay = Math.min(delay * 2, delayMs.most);
    }
  };
  const kept = keep();

  /** Asks it to leave in order, and makes it. */
  const end = (ask: (leaving: Worker) => void): void => {
    const leaving = worker;
    if (leaving) ask(leaving);
    const timer = setTimeout(() => leaving?.process.kill('SIGKILL'), stopMs);
    leaving?.once('exit', () => clearTimeout(timer));
    timer.unref();
  };
  return {
    number,
    get pid() {
      return worker?.process.pid;
    },
    get listening() {
      return listening;
    },
    stop: (signal) => {
      stopping.abort();
      end((leaving) => leaving.process.kill(signal));
      return kept;
    },
    replace: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      onListening = resolve;
      if (listening) end((leaving) => leaving.send(RETIRE));
      return promise;
    },
  };
};
