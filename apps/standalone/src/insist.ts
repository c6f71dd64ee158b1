import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '@parley/postgres';
import type { Logger } from '@parley/runtime';

/** Between two tries to reach a Postgres that `DATABASE_URL` names. */
const RETRY_MS = 1_000;

/** Until it succeeds, where only Postgres being away keeps it from that. */
export const insist = async <T>(attempt: () => Promise<T>, logger: Logger): Promise<T> => {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnavailable(error instanceof Error && error.cause !== undefined ? error.cause : error)) throw error;
      logger.warn({ err: error }, 'Postgres cannot be reached yet');
      await sleep(RETRY_MS);
    }
  }
};
