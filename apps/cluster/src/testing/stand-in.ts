/** Stands in for a gateway or a worker where the launcher itself is tested: answers with what it was told, and says how it left. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { createLogger, createShutdown, watchParent } from '@parley/runtime';

const { PORT, HOST, NODE_NAME, NATS_URL, REDIS_URL, DATABASE_URL, DATA_DIR, GUESTS } = process.env;
const logger = createLogger({ app: 'stand-in', node: NODE_NAME });
const shutdown = createShutdown({ logger });
watchParent(() => void shutdown.run('the launcher is gone'));

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const server = createServer((_request, response) => response.end(JSON.stringify({ NODE_NAME, NATS_URL, REDIS_URL, DATABASE_URL, DATA_DIR, GUESTS, pid: process.pid })));
server.listen(Number(PORT), HOST);
shutdown.add('http', async () => {
  logger.info({ left: NODE_NAME, logWasThere: await answers(NATS_URL ?? '') }, 'left');
  server.close();
  server.closeAllConnections();
});
