import { RoomLogError } from '@parley/domain';
import { connectNats, regionOf } from '@parley/nats';
import { serveNode } from '@parley/nodes-nats';
import { NatsDeadLetters, NatsRoomLog } from '@parley/room-log-nats';
import { createHealth, createLogger, createMetrics, createShutdown, GivenUp, insist, loadConfigOrExit, nodeNameOf, serveHealth, watchParent } from '@parley/runtime';
import { NatsModerationStore, NatsStore } from '@parley/store-nats';
import { createModeration, type Moderation } from './create-moderation.ts';
import { createModerationMetrics } from './moderation-metrics.ts';
import { createNodeReport } from './node-report.ts';

const config = loadConfigOrExit('moderation');
const node = nodeNameOf(config.nodeName);
const logger = createLogger({ app: 'moderation', level: config.logLevel, node });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000 });
watchParent(() => void shutdown.run('the launcher is gone'));

const metrics = createMetrics({ app: 'moderation' });
const health = createHealth(metrics);
let moderation: Moderation | null = null;
let starting: string | null = 'starting';
health.check('start', () => starting ?? true);

const stop = new AbortController();
const whileNotThere = {
  signal: stop.signal, logger,
  isHopeless: (error: unknown) => error instanceof RoomLogError && error.code === 'unsupported_server',
  onTrying: (reason: string) => { starting = reason; },
};

try {
  const server = await serveHealth(health, { port: config.port, host: config.host });
  shutdown.add('health', () => server.close());
  logger.info({ port: server.port }, 'listening');
  // From here on a stop must not wait for what is not there.
  shutdown.add('start', () => stop.abort());

  const region = regionOf(config.region);
  const replicas = config.natsReplicas;
  const nats = await insist('NATS', () => connectNats({ servers: config.natsUrl, name: `moderation ${node}` }), whileNotThere);
  shutdown.add('nats', () => nats.close());
  const counts = (): Record<string, number> => ({ entries: moderation?.inHand ?? 0, checkersAway: moderation?.away.length ?? 0 });
  const report = createNodeReport({ name: node, region, health, counts, isLeaving: () => shutdown.underWay, drain: () => void shutdown.run('drained by an operator') });
  const operators = serveNode({ nats, report, onError: (error) => logger.warn({ err: error }, 'operators could not be answered') });
  shutdown.add('operators', () => operators.close());
  const log = await insist('the log', () => NatsRoomLog.connect({ nats, region, replicas, warn: (message, cause) => logger.warn({ err: cause }, message) }), whileNotThere);
  shutdown.add('log', () => log.close());
  const deadLetters = await insist('dead letters', () => NatsDeadLetters.connect({ nats, region, replicas }), whileNotThere);

  const store = new NatsStore({ nats, region });
  const acts = new NatsModerationStore({ nats, region });
  shutdown.add('store', async () => void (await Promise.all([store.close(), acts.close()])));
  moderation = createModeration({ log, store, moderation: acts, deadLetters, logger, settings: config, metrics: createModerationMetrics(metrics) });
  shutdown.add('moderation', () => moderation?.stop());
  health.check('moderation', () => moderation?.ready() ?? 'starting');
  metrics.measured('moderation_in_hand', 'Log entries in hand.', () => moderation?.inHand ?? 0);
  metrics.measured('moderation_checkers_away', 'Outside checkers that are away.', () => moderation?.away.length ?? 0);
  starting = null;
  logger.info({ log: log.id, checkers: config.checkers.map(({ name, onAway }) => ({ name, onAway })) }, 'at work');
} catch (error) {
  if (!(error instanceof GivenUp)) {
    logger.fatal({ err: error }, 'moderation does not start');
    await shutdown.run('it did not start', 1);
  }
}
