/**
 * Brings the database up to date, and ends: for whoever wants to see that done before workers are replaced, which do the same as
 * they start. Waits for Postgres without end; anything else that goes wrong ends it with exit code 1.
 */
import { isUnavailable, migrate, openDatabase } from '@parley/postgres';
import { createLogger, createShutdown, GivenUp, insist, loadConfigOrExit, nodeNameOf } from '@parley/runtime';

const config = loadConfigOrExit('persistence');
const logger = createLogger({ app: 'migrate', level: config.logLevel, node: nodeNameOf(config.nodeName) });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000, isExpected: isUnavailable });

const stop = new AbortController();
shutdown.add('waiting for Postgres', () => stop.abort());
const database = openDatabase({ url: config.databaseUrl, poolSize: 1, applicationName: 'parley-migrate', onIdleError: (error) => logger.debug({ err: error }, 'an idle connection broke') });
shutdown.add('database', () => database.close());

try {
  const migrated = await insist('the database', () => migrate(database), { signal: stop.signal, logger, isHopeless: (error) => !isUnavailable(error) });
  logger.info({ migrated }, migrated.length > 0 ? 'the database was migrated' : 'the database is up to date');
  await shutdown.run('done');
} catch (error) {
  if (!(error instanceof GivenUp)) {
    logger.fatal({ err: error }, 'the database was not migrated');
    await shutdown.run('it failed', 1);
  }
}
