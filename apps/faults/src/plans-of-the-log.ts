import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startNats, startNatsCluster, startRedis, type NatsServer, type Server } from '@parley/servers';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { makeNetwork, type Network } from '@parley/testkit/network';
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy';
import type { FleetPlan } from './scenario.ts';

/** Ends what stands beside a fleet with it, also where the fleet does not come up. */
const beside = async <M extends object>(more: M, end: () => Promise<void>, start: () => Promise<Fleet>): Promise<Fleet & M> => {
  try {
    const fleet = await start();
    const stop = async (): Promise<void> => {
      await fleet.stop();
      await end();
    };
    return { ...fleet, ...more, stop };
  } catch (error) {
    await end();
    throw error;
  }
};

export const REPLICATED: FleetPlan = {
  name: 'three NATS servers, three replicas',
  start: ({ dataDir }) => startFleet({ gateways: 2, workers: 2, nats: 3, dataDir }),
};

/**
 * One NATS server, the `minority`, and gateway 1 are on one side of what can be parted, as in one rack; the others are on the other. It leads
 * JetStream itself, which is the worst case: it is the last to notice that it is alone. `redisOf1` is gateway 1's way to Redis.
 */
export type Parted = Fleet & { network: Network; minority: NatsServer; /** With gateway 1. */ part(): void; /** The server alone, and only from the other servers. */ isolate(): void; redisOf1: TcpProxy };

type JetStream = { meta_cluster?: { leader?: string } };

export const PARTITIONABLE: FleetPlan<Parted> = {
  name: 'three NATS servers and a gateway in network namespaces of their own',
  async start({ dataDir }) {
    const network = makeNetwork(4);
    const own = network.hosts[3]!;
    const servers: Server[] = [];
    const end = async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.stop()));
      network.remove();
    };
    try {
      const [cluster, redis] = await Promise.all([
        startNatsCluster(3, { dataDir: join(dataDir, 'nats'), at: (n) => ({ host: network.hosts[n]!.address, prefix: network.hosts[n]!.prefix }) }),
        startRedis({ dataDir: join(dataDir, 'redis') }),
      ]);
      servers.push(...cluster.servers, redis);
      const redisOf1 = await startTcpProxy({ port: redis.port }, { host: network.address });
      const endAll = async (): Promise<void> => {
        await redisOf1.close();
        await end();
      };
      const { meta_cluster: meta } = (await cluster.servers[0]!.monitor('/jsz')) as JetStream;
      const n = Number(meta?.leader?.split('-').at(-1)) - 1;
      const minority = cluster.servers[n]!;
      const of1 = { host: own.address, prefix: own.prefix, env: { NATS_URL: minority.url, REDIS_URL: `redis://${network.address}:${redisOf1.port}` } };
      const part = (): void => network.partition([network.hosts[n]!, own]);
      const isolate = (): void => network.partition([network.hosts[n]!], network.hosts.slice(0, 3).filter((host) => host !== network.hosts[n]));
      return await beside({ network, minority, part, isolate, redisOf1 }, endAll, () =>
        startFleet({ gateways: 2, workers: 2, dataDir, servers: { nats: cluster.servers, redis }, gateway: (n) => (n === 0 ? of1 : {}) }));
    } catch (error) {
      await end();
      throw error;
    }
  },
};

/** A proxy between each gateway and Redis, and between each worker and NATS. */
export type Proxied = Fleet & { redisOf: readonly TcpProxy[]; natsOf: readonly TcpProxy[] };

export const PROXIED: FleetPlan<Proxied> = {
  name: 'a proxy before each gateway’s Redis and each worker’s NATS',
  async start({ dataDir }) {
    const [nats, redis] = await Promise.all([startNats({ dataDir: join(dataDir, 'nats') }), startRedis({ dataDir: join(dataDir, 'redis') })]);
    const redisOf = await Promise.all([0, 1].map(() => startTcpProxy({ port: redis.port })));
    const natsOf = await Promise.all([0, 1].map(() => startTcpProxy({ port: nats.port })));
    const end = async (): Promise<void> => {
      await Promise.all([...redisOf, ...natsOf].map((proxy) => proxy.close()));
      await Promise.all([nats.stop(), redis.stop()]);
    };
    return beside({ redisOf, natsOf }, end, () => startFleet({
      gateways: 2, workers: 2, dataDir, servers: { nats: [nats], redis },
      gateway: (n) => ({ env: { REDIS_URL: `redis://127.0.0.1:${redisOf[n]!.port}` } }),
      worker: (n) => ({ env: { NATS_URL: `nats://127.0.0.1:${natsOf[n]!.port}` } }),
    }));
  },
};

/** What JetStream may keep, so that it is soon full. */
export const SMALL_LOG: FleetPlan = {
  name: 'a log that may take 64 MB',
  async start({ dataDir }) {
    const nats = await startNats({ dataDir: join(dataDir, 'nats'), maxFileStore: '64MB' });
    return beside({}, () => nats.stop(), () => startFleet({ gateways: 2, workers: 2, dataDir, servers: { nats: [nats] } }));
  },
};

/** `disk` is where JetStream keeps its files: a file system of its own, of 64 MB. */
export type SmallDisk = Fleet & { disk: string };

const mount = (...args: string[]): string | null => {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? null : stderr.trim() || 'mount is not there';
};
const unmount = (folder: string): void => void spawnSync('umount', ['--lazy', folder]);
const mountSmall = (folder: string): string | null => {
  mkdirSync(folder, { recursive: true });
  return mount('-t', 'tmpfs', '-o', 'size=64m', 'parley-faults', folder);
};

export const whyNoMount = (folder: string): string | null => {
  const why = mountSmall(folder);
  if (why === null) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return why === null ? null : `a small disk cannot be mounted: ${why}`;
};

export const SMALL_DISK: FleetPlan<SmallDisk> = {
  name: 'a log on a disk of 64 MB',
  async start({ dataDir }) {
    const disk = join(dataDir, 'nats', 'jetstream');
    const why = mountSmall(disk);
    if (why !== null) throw new Error(why);
    try {
      // As if it were larger: else JetStream keeps itself to three quarters of it.
      const nats = await startNats({ dataDir: join(dataDir, 'nats'), maxFileStore: '256MB' });
      const end = async (): Promise<void> => {
        await nats.stop();
        unmount(disk);
      };
      return await beside({ disk }, end, () => startFleet({ gateways: 2, workers: 2, dataDir, servers: { nats: [nats] } }));
    } catch (error) {
      unmount(disk);
      throw error;
    }
  },
};
