import { createGateway, createSessions, limitsOf, loadSessionKeys } from '@parley/gateway';
import { createModeration, createModerationMetrics } from '@parley/moderation';
import { createPersistence, createPersistenceMetrics } from '@parley/persistence';
import { migrate, openDatabase } from '@parley/postgres';
import { PresenceHub } from '@parley/presence-memory';
import { createMemoryRateLimiter } from '@parley/rate-limiter-memory';
import { PostgresDeadLetters, PostgresRoomLog } from '@parley/room-log-postgres';
import { createLogger, createMetrics, createShutdown, loadConfigOrExit, watchParent } from '@parley/runtime';
import { lockDataDir, writeEndpoints } from '@parley/servers';
import { PostgresModerationStore, PostgresStore } from '@parley/store-postgres';
import { startEmbeddedDatabase } from './embedded-database.ts';
import { insist } from './insist.ts';
import { refuseArguments } from './refuse-arguments.ts';

refuseArguments();
const config = loadConfigOrExit('standalone');
const logger = createLogger({ app: 'standalone', level: config.logLevel, node: config.nodeName });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000 });
watchParent(() => void shutdown.run('its launcher is gone'));

/** Once we leave, Postgres may leave before us: a terminal's Ctrl-C reaches it too. */
const troubled = (message: string) => (error: unknown): void => logger[shutdown.underWay ? 'debug' : 'warn']({ err: error }, message);

/** Gateway, workers and web client in this process, with the log in Postgres. */
try {
  const lock = lockDataDir(config.dataDir);
  shutdown.add('data folder', () => lock.release());
  const keys = await loadSessionKeys(config, { logger });
  shutdown.add('session keys', async () => keys.close());

  const embedded = config.ownDatabaseUrl === undefined ? await startEmbeddedDatabase(config.dataDir, logger, () => shutdown.underWay) : null;
  if (embedded) shutdown.add('postgres', () => embedded.close());
  const databaseUrl = config.ownDatabaseUrl ?? embedded?.url ?? '';
  shutdown.add('endpoints', writeEndpoints(config.dataDir, { databaseUrl }));
  const database = openDatabase({ url: databaseUrl, onIdleError: troubled('a connection to Postgres broke') });
  shutdown.add('database', () => database.close());
  await insist(() => migrate(database), logger);

  const log = await insist(() => PostgresRoomLog.open({ database, onError: troubled('the room log repairs itself') }), logger);
  shutdown.add('log', () => log.close());
  const store = new PostgresStore(database.db);
  const moderation = new PostgresModerationStore(database, { onUnavailable: troubled('acts on the server are not heard of') });
  shutdown.add('moderation store', () => moderation.close());
  const metrics = createMetrics({ app: 'standalone' });
  const deadLetters = new PostgresDeadLetters(database);
  const persistence = createPersistence({ log, database, logger, logIsArchive: true, deadLetters, metrics: createPersistenceMetrics(metrics) });
  shutdown.add('persistence', () => persistence.stop());
  const moderator = createModeration({ log, store, moderation, deadLetters, logger, settings: config, metrics: createModerationMetrics(metrics) });
  shutdown.add('moderation', () => moderator.stop());

  const gateway = createGateway({
    log, store, moderation, logger, metrics, settings: { ...config, admission: config }, fanOut: null, presence: new PresenceHub().node(), readiness: { persistence: () => persistence.ready(), moderation: () => moderator.ready() },
    sessions: createSessions({ keys, issuer: config.sessionIssuer, audience: config.sessionAudience, ttlSeconds: config.sessionTtl, issuers: config.issuers, logger }),
    limiter: createMemoryRateLimiter({ limits: limitsOf(config) }),
  });
  const { port } = await gateway.listen();
  shutdown.add('gateway', () => gateway.close());
  process.stdout.write(`\n  Parley is at http://localhost:${port}\n  Its data is in ${config.dataDir}. Ctrl-C stops it.\n\n`);
} catch (error) {
  logger.debug({ err: error }, 'did not start');
  process.stderr.write(`parley does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutdown.run('it did not start', 1);
}
