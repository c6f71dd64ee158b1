import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { Logger } from '@parley/runtime';
import { startPostgres, type PostgresServer } from '@parley/servers';

export type EmbeddedDatabase = { url: string; close(): Promise<void> };

/** Between two tries to start a Postgres again that does not come up. */
const RESTART_AFTER_MS = 1_000;

/** A Postgres of this process' own in the data folder, started again whenever it ends. */
export const startEmbeddedDatabase = async (dataDir: string, logger: Logger): Promise<EmbeddedDatabase> => {
  const server = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  logger.info({ version: server.major, source: server.source, pid: server.pid }, 'the embedded Postgres is up');
  let closing = false;
  const keepUp = async (postgres: PostgresServer): Promise<void> => {
    for (;;) {
      const { code, signal } = await postgres.exited;
      if (closing) return;
      logger.error({ code, signal }, 'the embedded Postgres ended: starting it again');
      try {
        await postgres.restart();
        logger.info({ pid: postgres.pid }, 'the embedded Postgres is up again');
      } catch (error) {
        logger.error({ err: error }, 'the embedded Postgres does not start');
        await sleep(RESTART_AFTER_MS);
      }
    }
  };
  const kept = keepUp(server);
  return {
    url: server.url,
    close: async () => {
      closing = true;
      await server.stop();
      await kept;
    },
  };
};
