import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort, HAPROXY_CONFIG, gatewaysUp, startHaproxy, startNats, startNatsCluster, startPostgres, startRedis, writeGatewayList, type Haproxy, type HaproxyOptions, type NatsServer, type PostgresServer, type Server,
} from '@parley/servers';
import { startAppProcess, type AppProcess, type AppProcessOptions } from './app-process.ts';
import { waitFor } from './wait-for.ts';

/**
 * A whole cluster of single processes on this machine, each of which can be killed, paused, stopped and started by itself:
 * nothing is started again unless the test does it. (`startParley` starts a cluster as a newcomer does, with a launcher that does.)
 */
export type Fleet = {
  /** HAProxy. */
  readonly url: string;
  readonly dataDir: string;
  readonly gateways: readonly AppProcess[];
  readonly workers: readonly AppProcess[];
  readonly moderators: readonly AppProcess[];
  readonly redis: Server;
  readonly nats: readonly NatsServer[];
  /** All servers, comma-separated. */
  readonly natsUrl: string;
  readonly postgres: PostgresServer;
  readonly haproxy: Haproxy;
  /** Resolves when every gateway and every worker is ready, and HAProxy sends to each. */
  ready(deadlineMs?: number): Promise<void>;
  /** Everything, in order; also what a test left paused. */
  stop(): Promise<void>;
};

export type FleetOptions = {
  /** Default 2. */
  gateways?: number;
  /** Default 1. */
  workers?: number;
  /** Moderation workers. Default 1. */
  moderators?: number;
  /** NATS servers, and copies of the log: 1 or 3. Default 1. */
  nats?: 1 | 3;
  /** For gateways and all workers alike. */
  env?: Record<string, string>;
  /** Per gateway, from 0. */
  gateway?: (index: number) => Partial<Pick<AppProcessOptions, 'env' | 'args' | 'nodeArgs' | 'prefix' | 'host'>>;
  /** Default: on loopback. */
  haproxy?: Pick<HaproxyOptions, 'host' | 'prefix'>;
  moderator?: (index: number) => Partial<Pick<AppProcessOptions, 'env' | 'args' | 'nodeArgs' | 'prefix' | 'host'>>;
  worker?: (index: number) => Partial<Pick<AppProcessOptions, 'env' | 'args' | 'nodeArgs' | 'prefix' | 'host'>>;
  /** Instead of servers of its own: such as are in another network namespace, or replicated. */
  servers?: Partial<{ redis: Server; nats: readonly NatsServer[]; postgres: PostgresServer }>;
  /** Default: a folder of its own, removed by `stop`. Given: kept, with all logs. */
  dataDir?: string;
  /** Calls `stop` when the test is over. */
  cleanup?: (stop: () => Promise<void>) => void;
};

const READY_MS = 90_000;

type Stoppable = { readonly pid: number; stop(): Promise<void> };

/** One that is stopped (SIGSTOP) could not leave. */
const stopAll = async (parts: readonly Stoppable[]): Promise<void> => {
  await Promise.all(parts.map(async (part) => {
    try {
      process.kill(part.pid, 'SIGCONT');
    } catch {
      // It has gone.
    }
    await part.stop();
  }));
};

const startLog = async (size: 1 | 3, dataDir: string): Promise<readonly NatsServer[]> =>
  size === 1 ? [await startNats({ dataDir })] : (await startNatsCluster(size, { dataDir })).servers;

export const startFleet = async (options: FleetOptions = {}): Promise<Fleet> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'parley-fleet-')));
  await mkdir(dataDir, { recursive: true });
  const within = (...parts: string[]): string => join(dataDir, ...parts);
  /** In the order of their start: stopped from the end, what stands together at once. */
  const started: Stoppable[][] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const parts of started.toReversed()) await stopAll(parts);
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    })();
    return stopping;
  };
  options.cleanup?.(stop);
  const own = <T extends Stoppable>(parts: readonly T[]): readonly T[] => {
    started.push([...parts]);
    return parts;
  };
  /** What came up is stopped, also if its neighbour did not. */
  const together = async <T extends Stoppable>(starts: readonly Promise<T>[]): Promise<T[]> => {
    const settled = await Promise.allSettled(starts);
    own(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    return settled.map((each) => (each as PromiseFulfilledResult<T>).value);
  };

  try {
    const { servers = {} } = options;
    const [nats, postgres, redis] = await Promise.all([
      servers.nats ?? startLog(options.nats ?? 1, within('nats')).then(own),
      servers.postgres ?? startPostgres({ dataDir: within('postgres') }).then((server) => own([server])[0]!),
      servers.redis ?? startRedis({ dataDir: within('redis') }).then((server) => own([server])[0]!),
    ]);
    const natsUrl = nats.map(({ url }) => url).join(',');
    // A crowd is one user with very many sockets.
    const shared = { NATS_URL: natsUrl, NATS_REPLICAS: `${nats.length}`, USER_SOCKETS: '100000', ...options.env };
    const app = async (kind: AppProcessOptions['app'], index: number, env: Record<string, string>, more: ReturnType<NonNullable<FleetOptions['gateway']>>): Promise<AppProcess> => {
      const name = `${kind}-${index + 1}`;
      return startAppProcess({ ...more, app: kind, name, port: await freePort(), logFile: within(`${name}.log`), env: { ...shared, ...env, ...more.env } });
    };
    const workers = await together(Array.from({ length: options.workers ?? 1 }, (_, index) => app('persistence', index, { DATABASE_URL: postgres.url }, options.worker?.(index) ?? {})));
    const moderators = await together(Array.from({ length: options.moderators ?? 1 }, (_, index) => app('moderation', index, {}, options.moderator?.(index) ?? {})));
    // One after the other: the first makes the session key that all share.
    const gateways: AppProcess[] = [];
    started.push(gateways);
    for (let index = 0; index < (options.gateways ?? 2); index += 1) {
      gateways.push(await app('gateway', index, { REDIS_URL: redis.url, DATA_DIR: dataDir, GUESTS: 'on', TRUSTED_PROXIES: 'loopback' }, options.gateway?.(index) ?? {}));
    }
    const haproxy = await startHaproxy({ dataDir: within('haproxy'), configs: [HAPROXY_CONFIG, writeGatewayList(within('gateways.cfg'), gateways)], ...options.haproxy });
    own([haproxy]);

    const ready = (deadlineMs = READY_MS): Promise<void> =>
      waitFor('every gateway, all workers and HAProxy to be ready', async () => {
        const all = await Promise.all([...gateways, ...workers, ...moderators].map((each) => each.isReady()));
        return all.every(Boolean) && (await gatewaysUp(haproxy)) === gateways.length;
      }, { deadlineMs });
    await ready();
    return { url: haproxy.url, dataDir, gateways, workers, moderators, redis, nats, natsUrl, postgres, haproxy, ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
