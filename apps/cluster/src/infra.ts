/**
 * Only the servers, on their usual ports, for `nx run-many -t serve`. Postgres asks for a password: PGUSER=parley and
 * PGPASSFILE=<DATA_DIR>/postgres/pgpass go with the default DATABASE_URL.
 */
import { join, resolve } from 'node:path';
import { createLogger, createShutdown, loadConfigOrExit, watchParent } from '@parley/runtime';
import { lockDataDir, startNats, startPostgres, startRedis, supervise } from '@parley/servers';

const PORTS = { nats: 4222, redis: 6379, postgres: 5432 };
const STOP_MS = 45_000;

const config = loadConfigOrExit('cluster');
const logger = createLogger({ app: 'infra', level: config.logLevel, node: config.nodeName });
const shutdown = createShutdown({ logger, deadlineMs: STOP_MS });
watchParent(() => void shutdown.run('the launcher is gone'));

const start = async (): Promise<void> => {
  const dataDir = resolve(config.dataDir);
  const lock = lockDataDir(dataDir);
  shutdown.add('lock', () => lock.release());
  const servers = await Promise.all([
    startNats({ dataDir: join(dataDir, 'nats'), port: PORTS.nats }),
    startRedis({ dataDir: join(dataDir, 'redis'), port: PORTS.redis }),
    startPostgres({ dataDir: join(dataDir, 'postgres'), port: PORTS.postgres }),
  ]);
  const kept = servers.map((server) => supervise(server, { logger }));
  shutdown.add('servers', async () => void (await Promise.all(kept.map((each) => each.stop()))));
  for (const { name, port, pid } of servers) logger.info({ port, pid }, `${name} runs`);
};

try {
  await start();
} catch (error) {
  logger.debug({ err: error }, 'did not start');
  process.stderr.write(`parley infra does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutdown.run('it did not start', 1);
}
