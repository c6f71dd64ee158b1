/**
 * The servers alone, for `nx serve …`, where the apps look for them: what `NATS_URL`, `REDIS_URL` and `DATABASE_URL` name on
 * this machine is started, what they name elsewhere is not. Postgres asks for a password: PGUSER=parley and
 * PGPASSFILE=<DATA_DIR>/postgres/pgpass go with the default DATABASE_URL.
 */
import { join, resolve } from 'node:path';
import { createLogger, createShutdown, loadConfigOrExit, watchParent } from '@parley/runtime';
import { lockDataDir, startNats, startPostgres, startRedis, supervise, writeEndpoints, type Part } from '@parley/servers';
import { localPort } from './local-port.ts';

const STOP_MS = 45_000;

const config = loadConfigOrExit('infra');
const logger = createLogger({ app: 'infra', level: config.logLevel, node: config.nodeName });
const shutdown = createShutdown({ logger, deadlineMs: STOP_MS });
watchParent(() => void shutdown.run('the launcher is gone'));

const SERVERS = [
  { name: 'nats', start: startNats, port: localPort(config.natsUrl[0]!, 4222) },
  { name: 'redis', start: startRedis, port: localPort(config.redisUrl, 6379) },
  { name: 'postgres', start: startPostgres, port: localPort(config.databaseUrl, 5432) },
];

/**
 * nx ends the leaves of a process tree before their parents, so the servers are told before us, and some processes of Postgres
 * listen only to their own parent. A server that left in good order though we did not ask takes us along; a crash does not.
 */
const leavingTogether = (server: Part): Part => ({
  name: server.name,
  get pid() {
    return server.pid;
  },
  get exited() {
    return server.exited.then((exit) => {
      if (exit.code === 0) void shutdown.run(`${server.name} was told to stop`);
      return exit;
    });
  },
  restart: () => server.restart(),
  stop: () => server.stop(),
});

const start = async (): Promise<void> => {
  const dataDir = resolve(config.dataDir);
  const lock = lockDataDir(dataDir);
  shutdown.add('lock', () => lock.release());
  const urls = await Promise.all(SERVERS.map(async (each) => {
    if (each.port === null) {
      logger.info(`${each.name} is elsewhere`);
      return undefined;
    }
    const server = await each.start({ dataDir: join(dataDir, each.name), port: each.port });
    const kept = supervise(leavingTogether(server), { logger, isLeaving: () => shutdown.underWay });
    shutdown.add(each.name, () => kept.stop());
    logger.info({ port: each.port, pid: server.pid }, `${server.name} runs`);
    return server.url;
  }));
  const [natsUrl = config.natsUrl.join(','), , databaseUrl = config.databaseUrl] = urls;
  shutdown.add('endpoints', writeEndpoints(dataDir, { databaseUrl, natsUrl }));
};

try {
  await start();
} catch (error) {
  logger.debug({ err: error }, 'did not start');
  process.stderr.write(`parley infra does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutdown.run('it did not start', 1);
}
