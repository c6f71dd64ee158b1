import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats, jetStreamCall, JS_API, logSubject, logSubjectsOfRegion, regionOf } from '@parley/nats';
import { natsBinaries, startNats, startNatsCluster, type NatsServer } from '@parley/servers';
import type { RoomLog } from '@parley/domain';
import type { RoomLogRig } from '@parley/testkit/contracts/room-log';
import { NatsRoomLog, type NatsRoomLogOptions } from '../index.ts';

export const region = regionOf('main');

/** A log with a connection of its own, which is closed with it. */
export const openLog = async (servers: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLog> => {
  const nats = await connectNats({ servers, name: 'test', reconnectDelayMs: 50 });
  try {
    const log = await NatsRoomLog.connect({ nats, region, ...options });
    const close = log.close.bind(log);
    log.close = async () => {
      await close();
      await nats.close();
    };
    return log;
  } catch (error) {
    await nats.close();
    throw error;
  }
};

const versionOf = (version: string): [number, number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
};
const installed = natsBinaries();
/** Its compare-and-set is atomic for one replica only. */
export const oldNats = installed.find(({ version }) => versionOf(version)[0] === 2 && versionOf(version)[1] < 12);
export const recentNats = installed.find(({ version }) => versionOf(version)[0] > 2 || versionOf(version)[1] >= 12);

/** Stops what `start` started and then removes its folder. */
export const inTempDir = async <T extends { stop(): Promise<void> }>(start: (dataDir: string) => Promise<T>): Promise<T> => {
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  try {
    const server = await start(dir);
    const stop = server.stop.bind(server);
    server.stop = async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    };
    return server;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
};

const corruptAt = (servers: string): NonNullable<RoomLogRig['corrupt']> => async (ref) => {
  const nats = await connectNats({ servers, name: 'corrupt' });
  try {
    await nats.request(logSubject(region, ref), 'not an entry', { timeoutMs: 5_000 });
  } finally {
    await nats.close();
  }
};

/** One server, one replica. */
export const singleRig = async (binary: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLogRig> => {
  const server = await inTempDir((dataDir) => startNats({ dataDir, binary }));
  return {
    open: () => openLog(server.url, options),
    kill: () => server.kill(),
    restart: () => server.restart(),
    corrupt: corruptAt(server.url),
    stop: () => server.stop(),
  };
};

type Leader = { cluster?: { leader?: string } };

/** Three servers, three replicas. What is killed is the leader of the log. */
export const clusterRig = async (binary: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLogRig & { readonly url: string; readonly servers: readonly NatsServer[]; leader(): Promise<NatsServer> }> => {
  const cluster = await inTempDir((dataDir) => startNatsCluster(3, { dataDir, binary }));
  const open = (): Promise<RoomLog> => openLog(cluster.url, { replicas: 3, appendTimeoutMs: 2_000, requestTimeoutMs: 2_000, ...options });
  const leader = async (): Promise<NatsServer> => {
    const nats = await connectNats({ servers: cluster.url, name: 'leader' });
    try {
      const { streams } = await jetStreamCall<{ streams: string[] }>(nats, JS_API.streamNames(), { subject: logSubjectsOfRegion(region) }, 5_000);
      const info = await jetStreamCall<Leader>(nats, JS_API.streamInfo(streams[0]!), undefined, 5_000);
      const n = Number(info.cluster?.leader?.split('-').at(-1)) - 1;
      return cluster.servers[n]!;
    } finally {
      await nats.close();
    }
  };
  return {
    url: cluster.url,
    servers: cluster.servers,
    leader,
    open,
    kill: async () => void (await Promise.all(cluster.servers.map((server) => server.kill()))),
    restart: async () => {
      await Promise.all(cluster.servers.map((server) => server.restart()));
      await cluster.ready();
    },
    killAndRestart: async () => {
      const server = await leader();
      await server.kill();
      await server.restart();
      await cluster.ready();
    },
    corrupt: corruptAt(cluster.url),
    stop: () => cluster.stop(),
  };
};
