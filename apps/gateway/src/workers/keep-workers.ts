import cluster from 'node:cluster';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createShutdown, listenOn, nodeNameOf, PARENT_PID, watchParent, type Config } from '@parley/runtime';
import { keepWorker, type KeptWorker, type WorkerExit } from './keep-worker.ts';
import { WORKER_DOORS, WORKER_NUMBER, WORKER_START } from './place.ts';

/** A worker that ends this often in a row before it takes connections will never; where no other does either, that is the end. */
const START_TRIES = 3;
/** Over what a worker allows itself for leaving; and over that, what whoever stops this process has to allow it. Below the 2 s that is customary here. */
const WORKER_MARGIN_MS = 500;
const OWN_MARGIN_MS = 1_000;

/** An address that cannot be listened on is told once and at once, not by each worker at each try. */
const checkFree = async ({ port, host }: { port: number; host: string }): Promise<void> => {
  const server = createServer();
  await listenOn(server, port, host);
  await new Promise((resolve) => { server.close(resolve); });
};

/**
 * The primary of a gateway of several processes: it holds the port and shares out the connections, and starts again what dies. It
 * reads nothing that clients send. Never resolves: it ends with the process.
 */
export const keepWorkers = async (config: Config<'gateway'>): Promise<never> => {
  const logger = createLogger({ app: 'gateway', level: config.logLevel, node: config.nodeName });
  const leaveMs = config.shutdownTimeout * 1_000;
  const shutdown = createShutdown({ logger, deadlineMs: leaveMs + OWN_MARGIN_MS });
  watchParent(() => void shutdown.run('the launcher is gone'));

  try {
    await checkFree(config);
  } catch (error) {
    logger.fatal({ err: error }, 'the gateway does not start');
    await shutdown.run('it did not start', 1);
  }
  const doors = mkdtempSync(join(tmpdir(), 'parley-'));
  process.once('exit', () => rmSync(doors, { recursive: true, force: true }));
  let port = config.port;
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // What a worker that starts again has to listen on, where any port would do for the first.
  cluster.on('listening', (_worker, address) => {
    if (address.addressType !== -1) port = address.port;
  });

  const workers: KeptWorker[] = [];
  const onFailing = (number: number) => (failures: number, { code }: WorkerExit): void => {
    if (failures < START_TRIES || workers.some(({ listening }) => listening)) return;
    logger.fatal({ worker: number, code, failures }, 'the workers do not start');
    void shutdown.run('the workers do not start', code || 1);
  };
  const envOf = (number: number, start: number): NodeJS.ProcessEnv => ({
    ...(config.nodeName !== undefined && { NODE_NAME: `${config.nodeName}-w${number}` }),
    PORT: `${port}`, WORKERS: `${config.workers}`, [PARENT_PID]: `${process.pid}`,
    [WORKER_NUMBER]: `${number}`, [WORKER_START]: `${start}`, [WORKER_DOORS]: doors,
  });
  for (let number = 1; number <= config.workers; number += 1) {
    workers.push(keepWorker({ number, logger, fork: (start) => cluster.fork(envOf(number, start)), onFailing: onFailing(number), stopMs: leaveMs + WORKER_MARGIN_MS }));
  }
  // Workers too are in a hurry after a Ctrl-C, and not after a SIGTERM.
  shutdown.add('workers', async (reason) => {
    const exits = await Promise.all(workers.map((worker) => worker.stop(reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')));
    if (exits.some(({ code }) => code !== 0)) logger.warn({ exits }, 'not every worker left in order');
  });

  let replacing = false;
  /** One after the other, so that the others serve meanwhile. */
  const replaceAll = async (): Promise<void> => {
    if (replacing) return;
    replacing = true;
    for (const worker of workers) await worker.replace();
    replacing = false;
    logger.info('every worker was replaced');
  };
  process.on('SIGUSR2', () => void replaceAll());
  logger.info({ workers: config.workers, node: nodeNameOf(config.nodeName) }, 'keeping workers');
  return new Promise(() => undefined);
};
