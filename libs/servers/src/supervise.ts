import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

/** Anything that runs, may end without being asked, and can be started again where it was. */
export type Part = Pick<Server, 'name' | 'pid' | 'exited' | 'restart' | 'stop'>;
export type Supervision = { stop(): Promise<void> };

/** What pino has. */
export type SuperviseLog = Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>;

export type SuperviseOptions = {
  logger: SuperviseLog;
  /** Before the first restart; doubles with each that follows soon. Default 200. */
  firstDelayMs?: number;
  /** Default 5 000. */
  maxDelayMs?: number;
  /** A part that ran this long is restarted as if for the first time. Default 10 000. */
  settledMs?: number;
  /** From when it holds, what ends stays ended. */
  isLeaving?: () => boolean;
};

/** Starts a part again whenever it ends, until it is stopped. */
export const supervise = (part: Part, { logger, firstDelayMs = 200, maxDelayMs = 5_000, settledMs = 10_000, isLeaving = () => false }: SuperviseOptions): Supervision => {
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted || isLeaving();

  const watch = async (): Promise<void> => {
    let delayMs = firstDelayMs;
    while (!stopped()) {
      const since = performance.now();
      const exit = await part.exited;
      if (stopped()) return;
      if (performance.now() - since > settledMs) delayMs = firstDelayMs;
      logger.warn({ part: part.name, ...exit, delayMs }, `${part.name} ended: starting it again`);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, maxDelayMs);
      if (stopped()) return;
      try {
        await part.restart();
        logger.info({ part: part.name, pid: part.pid }, `${part.name} runs again`);
      } catch (error) {
        logger.error({ part: part.name, err: error }, `${part.name} could not be started`);
      }
    }
  };
  const watching = watch();

  return {
    async stop() {
      stopping.abort();
      await part.stop();
      await watching;
      // A restart that was under way when we stopped it may have brought up another.
      await part.stop();
    },
  };
};
