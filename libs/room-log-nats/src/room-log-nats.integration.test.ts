import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { RoomLog } from '@parley/domain';
import { connectNats, logSubject, regionOf, type Nats } from '@parley/nats';
import { natsBinaries, startNats, startNatsCluster, type NatsServer } from '@parley/servers';
import { roomLogContract, type RoomLogRig } from '@parley/testkit/contracts/room-log';
import { NatsRoomLog, type NatsRoomLogOptions } from './index.ts';

const region = regionOf('main');

/** A connection of its own, closed with the log. */
const openLog = async (servers: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLog> => {
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

const storeGarbage = async (nats: Nats, subject: string): Promise<void> => {
  await nats.request(subject, 'not an entry', { timeoutMs: 5_000 });
};

const inTempDir = async <T extends { stop(): Promise<void> }>(start: (dataDir: string) => Promise<T>): Promise<T> => {
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const server = await start(dir);
  const stop = server.stop.bind(server);
  return Object.assign(server, {
    stop: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  });
};

const singleRig = async (binary: string, options: Partial<NatsRoomLogOptions> = {}): Promise<RoomLogRig> => {
  const server: NatsServer = await inTempDir((dataDir) => startNats({ dataDir, binary }));
  return {
    open: () => openLog(server.url, options),
    kill: () => server.kill(),
    restart: () => server.restart(),
    corrupt: async (ref) => {
      const nats = await connectNats({ servers: server.url, name: 'corrupt' });
      await storeGarbage(nats, logSubject(region, ref)).finally(() => nats.close());
    },
    stop: () => server.stop(),
  };
};

const ofVersion = (wanted: (major: number, minor: number) => boolean) =>
  natsBinaries().find(({ version }) => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return wanted(major, minor);
  });
const old = ofVersion((major, minor) => major === 2 && minor < 12);
const recent = ofVersion((major, minor) => major > 2 || minor >= 12);

for (const [binary, what] of [[old, 'older than 2.12'], [recent, '2.12 or later']] as const) {
  if (binary) {
    roomLogContract(`JetStream ${binary.version}, one replica`, {
      start: () => singleRig(binary.path),
      startSmall: (maxBytes) => singleRig(binary.path, { maxBytes }),
      tooLargeBytes: 2 * 1024 * 1024,
    });
  } else {
    describe('JetStream, one replica', () => test(what, (context) => context.skip(`no nats-server ${what} is installed`)));
  }
}
