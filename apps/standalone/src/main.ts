import { createLogger, createShutdown, loadConfigOrExit, watchParent } from '@parley/runtime';
import { startStandalone } from './start.ts';

const config = loadConfigOrExit('standalone');
const logger = createLogger({ app: 'standalone', level: config.logLevel, node: config.nodeName });
const shutdown = createShutdown({ logger, deadlineMs: config.shutdownTimeout * 1_000 });
watchParent(() => void shutdown.run('its launcher is gone'));

try {
  const { port } = await startStandalone(config, logger, shutdown);
  process.stdout.write(`\n  Parley is at http://localhost:${port}\n  Its data is in ${config.dataDir}. Ctrl-C stops it.\n\n`);
} catch (error) {
  logger.debug({ err: error }, 'did not start');
  process.stderr.write(`parley does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutdown.run('it did not start', 1);
}
