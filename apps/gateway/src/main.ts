import cluster from 'node:cluster';
import { serveNode } from '@parley/nodes-nats';
import { connectRedisPresence } from '@parley/presence-redis';
import { createMemoryRateLimiter } from '@parley/rate-limiter-memory';
import { connectRedisRateLimiter } from '@parley/rate-limiter-redis';
import { createLogger, createMetrics, createShutdown, loadConfigOrExit, nodeNameOf, watchParent } from '@parley/runtime';
import { connectRedisTransport } from './fan-out/redis-transport.ts';
import { createGateway } from './gateway.ts';
import { movingOf } from './leaving/moving-of.ts';
import { limitsOf } from './limits/limits-of.ts';
import { createNodeReport, DRAINED } from './node-report.ts';
import { reachCluster } from './reach-cluster.ts';
import { loadSessionKeys } from './sessions/session-keys.ts';
import { createSessions } from './sessions/sessions.ts';
import { withArgumentsOrExit } from './workers/arguments.ts';
import { joinWorkers } from './workers/join-workers.ts';
import { untilReady } from './workers/until-ready.ts';
import { keepWorkers } from './workers/keep-workers.ts';
import { placeOf } from './workers/place.ts';
import { shareOfAdmission } from './workers/share-of-admission.ts';

const config = loadConfigOrExit('gateway', withArgumentsOrExit());
// The process that was started only keeps its workers, if there are to be several. Each of them is what follows.
if (cluster.isPrimary && config.workers > 1) await keepWorkers(config);
const place = placeOf(config.workers);

const logger = createLogger({ app: 'gateway', level: config.logLevel, node: config.nodeName });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000 });
watchParent(() => void shutdown.run('the launcher is gone'));

try {
  const keys = await loadSessionKeys(config, { logger });
  shutdown.add('session keys', async () => keys.close());
  const metrics = createMetrics({ app: 'gateway', labels: place?.labels });
  const reached = reachCluster({
    servers: config.natsUrl, region: config.region, replicas: config.natsReplicas, name: `gateway ${nodeNameOf(config.nodeName)}`, logger,
    onUnsupported: (error) => {
      logger.fatal({ err: error }, 'this NATS cannot keep the log');
      void shutdown.run('unsupported NATS', 1);
    },
  });
  shutdown.add('nats', () => reached.close());

  const hintsUnsent = metrics.counter('hints_unsent_total', 'Room events that other gateways were not told of, because Redis was away or slow.');
  const fanOut = await connectRedisTransport({ url: config.redisUrl, region: config.region, logger, onLost: () => hintsUnsent.inc() });
  shutdown.add('redis', () => fanOut.close());
  metrics.measured('fan_out_live', 'Whether Redis is there: 1 or 0.', () => Number(fanOut.live));

  const limits = limitsOf(config);
  const limiter = connectRedisRateLimiter({
    url: config.redisUrl, region: config.region, limits, fallback: createMemoryRateLimiter({ limits }),
    onShared: (shared) => logger.info(shared ? 'limits are shared with the other gateways' : 'limits are this gateway\'s own: Redis is away or slow'),
  });
  shutdown.add('rate limiter', () => limiter.close());
  metrics.measured('rate_limits_shared', 'Whether limits are shared with the other gateways: 1, or 0 while each counts alone.', () => Number(limiter.shared));

  const resyncs = metrics.counter('presence_resyncs_total', 'Times a room was read again because a change in it was missed.');
  const presence = connectRedisPresence({
    url: config.redisUrl, region: config.region, onResync: () => resyncs.inc(),
    onLive: (live) => logger.info(live ? 'presence is shared with the other gateways' : 'presence is of this gateway alone: Redis is away or slow'),
  });
  shutdown.add('presence', () => presence.close());

  const gateway = createGateway({
    log: reached.log, store: reached.store, moderation: reached.moderation, fanOut, logger, metrics, settings: { ...config, admission: shareOfAdmission(config, place), moving: movingOf(config), sessionPrefix: place?.sessionPrefix },
    sessions: createSessions({ keys, issuer: config.sessionIssuer, audience: config.sessionAudience, ttlSeconds: config.sessionTtl, issuers: config.issuers, logger }),
    limiter, presence,
  });
  if (place) {
    shutdown.add('door', await joinWorkers({ place, gateway, metrics }));
    await untilReady(gateway);
  }
  const { port } = await gateway.listen();
  const service = serveNode({
    nats: reached.nats, report: createNodeReport({ gateway, config, drain: () => void shutdown.run(DRAINED) }), onError: (error) => logger.warn({ err: error }, 'operators could not be answered'),
  });
  shutdown.add('operators', () => service.close());
  // Ctrl-C, or a launcher that is gone: all leave, and there is nowhere to move to.
  shutdown.add('gateway', (reason) => gateway.close({ inHaste: reason !== 'SIGTERM' && reason !== DRAINED }));
  logger.info({ port }, 'listening');
} catch (error) {
  logger.fatal({ err: error }, 'the gateway does not start');
  await shutdown.run('it did not start', 1);
}
