import { RoomLogError } from '@parley/domain';
import { connectNats, regionOf } from '@parley/nats';
import { serveNode } from '@parley/nodes-nats';
import { DatabaseTooNew, isUnavailable, openDatabase } from '@parley/postgres';
import { NatsDeadLetters, NatsRoomLog } from '@parley/room-log-nats';
import { createHealth, createLogger, createMetrics, createShutdown, GivenUp, insist, loadConfigOrExit, nodeNameOf, serveHealth, watchParent } from '@parley/runtime';
import { serveStore } from '@parley/store-nats';
import { PostgresModerationStore, PostgresStore } from '@parley/store-postgres';
import manifest from '../package.json' with { type: 'json' };
import { createPersistence } from './create-persistence.ts';
import { createNodeReport } from './node-report.ts';
import { createPersistenceMetrics } from './persistence-metrics.ts';
import { takeOver } from './take-over.ts';

/** Queries of gateways under way at once: one connection each. */
const QUERIES_AT_ONCE = 10;
/** Of those about moderation, apart. */
const MODERATION_AT_ONCE = 4;

const config = loadConfigOrExit('persistence');
const node = nodeNameOf(config.nodeName);
const logger = createLogger({ app: 'persistence', level: config.logLevel, node });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000, isExpected: isUnavailable });
watchParent(() => void shutdown.run('the launcher is gone'));

const metrics = createMetrics({ app: 'persistence' });
const health = createHealth(metrics);
let shards = (): number => 0;
let starting: string | null = 'starting';
health.check('start', () => starting ?? true);

const stop = new AbortController();
const whileNotThere = {
  signal: stop.signal, logger,
  isHopeless: (error: unknown) => error instanceof DatabaseTooNew || (error instanceof RoomLogError && error.code === 'unsupported_server'),
  onTrying: (reason: string) => { starting = reason; },
};

try {
  const server = await serveHealth(health, { port: config.port, host: config.host });
  shutdown.add('health', () => server.close());
  logger.info({ port: server.port }, 'listening');

  const database = openDatabase({ url: config.databaseUrl, poolSize: QUERIES_AT_ONCE + MODERATION_AT_ONCE, applicationName: 'parley-persistence', onIdleError: (error) => logger.debug({ err: error }, 'an idle connection broke') });
  shutdown.add('database', () => database.close());
  // From here on a stop must not wait for what is not there.
  shutdown.add('start', () => stop.abort());

  const region = regionOf(config.region);
  const replicas = config.natsReplicas;
  const nats = await insist('NATS', () => connectNats({ servers: config.natsUrl, name: `persistence ${node}` }), whileNotThere);
  shutdown.add('nats', () => nats.close());
  const report = createNodeReport({ name: node, region, health, shards: () => shards(), isLeaving: () => shutdown.underWay, drain: () => void shutdown.run('drained by an operator') });
  const operators = serveNode({ nats, report, onError: (error) => logger.warn({ err: error }, 'operators could not be answered') });
  shutdown.add('operators', () => operators.close());
  const log = await insist('the log', () => NatsRoomLog.connect({ nats, region, replicas, warn: (message, cause) => logger.warn({ err: cause }, message) }), whileNotThere);
  shutdown.add('log', () => log.close());
  const deadLetters = await insist('dead letters', () => NatsDeadLetters.connect({ nats, region, replicas }), whileNotThere);
  await insist('the database', () => takeOver({ database, log, deadLetters, logger }), whileNotThere);

  const persistence = createPersistence({ log, database, deadLetters, logger, metrics: createPersistenceMetrics(metrics) });
  shutdown.add('persistence', () => persistence.stop());
  shards = () => persistence.shards.length;
  health.check('persistence', () => persistence.ready());

  const moderation = new PostgresModerationStore(database, { onUnavailable: (error) => logger.debug({ err: error }, 'moderation could not be asked for') });
  shutdown.add('moderation store', () => moderation.close());
  const service = await serveStore({
    nats, store: new PostgresStore(database.db), moderation, region, version: manifest.version, node, maxInFlight: QUERIES_AT_ONCE, maxModerationInFlight: MODERATION_AT_ONCE,
    onError: (error) => logger.error({ err: error }, 'a query of the store failed'),
  });
  shutdown.add('store', () => service.close());
  health.check('store', () => service.serving || 'not connected to NATS');
  starting = null;
  logger.info({ log: log.id }, 'at work');
} catch (error) {
  if (!(error instanceof GivenUp)) {
    logger.fatal({ err: error }, 'persistence does not start');
    await shutdown.run('it did not start', 1);
  }
}
