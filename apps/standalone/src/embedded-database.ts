import { join } from 'node:path';
import type { Logger } from '@parley/runtime';
import { startPostgres, supervise } from '@parley/servers';

export type EmbeddedDatabase = { url: string; close(): Promise<void> };

/** A Postgres of this process' own in the data folder, started again whenever it ends. */
export const startEmbeddedDatabase = async (dataDir: string, logger: Logger, isLeaving: () => boolean): Promise<EmbeddedDatabase> => {
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  logger.info({ version: postgres.major, source: postgres.source, runsAs: postgres.runsAs, pid: postgres.pid }, 'the embedded Postgres is up');
  // A terminal's Ctrl-C reaches it too: it is not to be started again then.
  const supervision = supervise(postgres, { logger, isLeaving });
  return { url: postgres.url, close: () => supervision.stop() };
};
