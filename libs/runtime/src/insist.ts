import type { Logger } from './logger.ts';
import { Backoff } from './backoff.ts';

export type InsistOptions = {
  signal: AbortSignal;
  logger: Logger;
  backoffMs?: { first: number; last: number };
  /** Trying again will never help. */
  isHopeless?: (error: unknown) => boolean;
  /** Why it is not there yet. */
  onTrying?: (reason: string) => void;
};

/** Stopped while it was still tried. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** Tries until it works: what is needed may be started later than this process. Throws what is hopeless, and {@link GivenUp}. */
export const insist = async <T>(what: string, attempt: () => Promise<T>, options: InsistOptions): Promise<T> => {
  const { signal, logger, isHopeless = () => false, onTrying = () => {} } = options;
  const backoff = new Backoff(options.backoffMs ?? { first: 200, last: 5_000 });
  for (let attempts = 1; !signal.aborted; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (isHopeless(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      onTrying(`${what}: ${reason}`);
      if (attempts === 1) logger.warn({ err: error }, `${what}: not yet, trying on`);
      else logger.debug({ err: error, attempts }, `${what}: not yet`);
      await backoff.wait(signal);
    }
  }
  throw new GivenUp(what);
};
