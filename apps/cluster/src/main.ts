/**
 * A real cluster on one machine, for development and for trying: Redis, NATS with JetStream, Postgres, HAProxy, gateways and
 * the workers of persistence and moderation, each a process in our process group. One Ctrl-C stops all; whatever dies is started again.
 */
import { join, resolve } from 'node:path';
import { createLogger, createShutdown, loadConfigOrExit, watchParent } from '@parley/runtime';
import { freePort, HAPROXY_CONFIG, gatewaysUp, lockDataDir, startHaproxy, startNats, startNatsCluster, startPostgres, startRedis, supervise, waitUntil, writeEndpoints, writeGatewayList, type Part } from '@parley/servers';
import { parseOptionsOrExit } from './options.ts';
import { startApp, type AppName, type AppProcess } from './start-app.ts';
import { untilAnswers } from './until-answers.ts';

const READY_MS = 90_000;
/** Beside what the apps allow themselves: the servers' own stops. */
const SERVERS_STOP_MS = 45_000;

const config = loadConfigOrExit('cluster');
const wanted = parseOptionsOrExit({ gateways: config.gateways, persistence: 2, moderation: config.moderators, workers: `${config.workers}` });
const logger = createLogger({ app: 'cluster', level: config.logLevel, node: config.nodeName });
const shutdownMs = config.shutdownTimeout * 1_000;
const shutdown = createShutdown({ logger, deadlineMs: 2 * shutdownMs + SERVERS_STOP_MS });
watchParent(() => void shutdown.run('the launcher is gone'));

const dataDir = resolve(config.dataDir);
const within = (folder: string): string => join(dataDir, folder);

/** Keeps parts running; what was added last is stopped first, and what is added together, together. */
const keep = (name: string, parts: readonly Part[], isLeaving = () => false): void => {
  const kept = parts.map((part) => supervise(part, { logger, isLeaving }));
  shutdown.add(name, async () => void (await Promise.all(kept.map((each) => each.stop()))));
};

/**
 * A terminal's Ctrl-C reaches the whole process group at once. An app then leaves by itself; a server is started again, since
 * the apps that are leaving still need it, and is stopped in its turn.
 */
const isLeaving = (): boolean => shutdown.underWay;

const startLog = async (): Promise<{ url: string; parts: readonly Part[] }> => {
  if (config.natsReplicas === 1) {
    const nats = await startNats({ dataDir: within('nats') });
    return { url: nats.url, parts: [nats] };
  }
  const { url, servers } = await startNatsCluster(config.natsReplicas, { dataDir: within('nats') });
  return { url, parts: servers };
};

const startDatabase = async (): Promise<{ url: string; parts: readonly Part[] }> => {
  if (config.ownDatabaseUrl !== undefined) return { url: config.ownDatabaseUrl, parts: [] };
  const postgres = await startPostgres({ dataDir: within('postgres') });
  return { url: postgres.url, parts: [postgres] };
};

const startApps = async (app: AppName, count: number, env: Record<string, string | undefined>): Promise<AppProcess[]> => {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  return ports.map((port, index) => startApp({ app, name: `${app}-${index + 1}`, port, shutdownMs, env }));
};

const start = async (): Promise<void> => {
  const lock = lockDataDir(dataDir);
  shutdown.add('lock', () => lock.release());

  const [database, log, redis] = await Promise.all([startDatabase(), startLog(), startRedis({ dataDir: within('redis') })]);
  keep('servers', [...database.parts, ...log.parts, redis]);
  shutdown.add('endpoints', writeEndpoints(dataDir, { databaseUrl: database.url, natsUrl: log.url }));

  const shared = { NATS_URL: log.url, NATS_REPLICAS: `${config.natsReplicas}` };
  const workers = await startApps('persistence', wanted.persistence, { ...shared, DATABASE_URL: database.url });
  keep('persistence', workers, isLeaving);
  const moderators = await startApps('moderation', wanted.moderation, { ...shared, DATABASE_URL: undefined });
  keep('moderation', moderators, isLeaving);

  const gateways = await startApps('gateway', wanted.gateways, { ...shared, DATABASE_URL: undefined, REDIS_URL: redis.url, DATA_DIR: dataDir, TRUSTED_PROXIES: 'loopback', GUESTS: config.guests ? 'on' : 'off', WORKERS: wanted.workers });
  const list = writeGatewayList(within('gateways.cfg'), gateways);
  const haproxy = await startHaproxy({ dataDir: within('haproxy'), configs: [HAPROXY_CONFIG, list], port: config.port, env: { HOST: config.host } });
  keep('haproxy', [haproxy]);
  keep('gateways', gateways, isLeaving);

  const ready = [...workers, ...moderators, ...gateways].map(({ name, port }) => ({ name, url: `http://127.0.0.1:${port}/readyz` }));
  await untilAnswers([...ready, { name: 'haproxy', url: `${haproxy.url}/readyz` }], READY_MS);
  // It looks at them by itself, and until then sends nobody to those it has not found.
  if (!(await waitUntil(async () => (await gatewaysUp(haproxy)) === gateways.length, READY_MS, 50))) throw new Error('HAProxy does not find every gateway');
  process.stdout.write(`\n  Parley is at http://localhost:${haproxy.port}, with ${gateways.length} gateways.\n  Its data is in ${dataDir}. Ctrl-C stops it.\n\n`);
};

try {
  await start();
} catch (error) {
  logger.debug({ err: error }, 'did not start');
  process.stderr.write(`parley cluster does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutdown.run('it did not start', 1);
}
