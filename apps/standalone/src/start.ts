import { setTimeout as sleep } from 'node:timers/promises';
import { createGateway, createMemoryRateLimiter, createSessions, loadSessionKey, type Gateway } from '@parley/gateway';
import { createPersistence, createPersistenceMetrics } from '@parley/persistence';
import { isUnavailable, migrate, openDatabase } from '@parley/postgres';
import { PostgresDeadLetters, PostgresRoomLog } from '@parley/room-log-postgres';
import { createMetrics, type Config, type Logger, type Shutdown } from '@parley/runtime';
import { lockDataDir } from '@parley/servers';
import { PostgresStore } from '@parley/store-postgres';
import { startEmbeddedDatabase } from './embedded-database.ts';

/** Between two tries to reach a Postgres that `DATABASE_URL` names. */
const RETRY_MS = 1_000;

/** Until it succeeds, where only Postgres being away keeps it from that. */
const insist = async <T>(attempt: () => Promise<T>, logger: Logger): Promise<T> => {
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

/** Gateway, workers and web client in this process, with the log in Postgres. Everything started is added to `shutdown`. */
export const startStandalone = async (config: Config<'standalone'>, logger: Logger, shutdown: Shutdown): Promise<{ gateway: Gateway; port: number }> => {
  const lock = lockDataDir(config.dataDir);
  shutdown.add('data folder', () => lock.release());
  const key = await loadSessionKey(config);

  const embedded = config.ownDatabaseUrl === undefined ? await startEmbeddedDatabase(config.dataDir, logger, () => shutdown.underWay) : null;
  if (embedded) shutdown.add('postgres', () => embedded.close());
  const database = openDatabase({ url: config.ownDatabaseUrl ?? embedded?.url ?? '', onIdleError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke') });
  shutdown.add('database', () => database.close());
  await insist(() => migrate(database), logger);

  const log = await insist(() => PostgresRoomLog.open({ database, onError: (error) => logger.warn({ err: error }, 'the room log repairs itself') }), logger);
  shutdown.add('log', () => log.close());
  const store = new PostgresStore(database.db);
  const metrics = createMetrics({ app: 'standalone' });
  const persistence = createPersistence({ log, database, logger, logIsArchive: true, deadLetters: new PostgresDeadLetters(database), metrics: createPersistenceMetrics(metrics) });
  shutdown.add('persistence', () => persistence.stop());

  const gateway = createGateway({
    log, store, logger, metrics, settings: config, fanOut: null, readiness: { persistence: () => persistence.ready() },
    sessions: createSessions({ key, issuer: config.sessionIssuer, audience: config.sessionAudience, ttlSeconds: config.sessionTtl }),
    limiter: createMemoryRateLimiter({ perSecond: config.sendRate, burst: config.sendBurst }),
  });
  const { port } = await gateway.listen();
  shutdown.add('gateway', () => gateway.close());
  return { gateway, port };
};
