import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomLog } from '@parley/domain';
import { connectNats, regionOf } from '@parley/nats';
import { migrate, openDatabase } from '@parley/postgres';
import { NatsRoomLog } from '@parley/room-log-nats';
import { PostgresRoomLog } from '@parley/room-log-postgres';
import { natsBinaries, postgresBinaries, startNats, startPostgres, type PostgresSource } from '@parley/servers';
import { benchAppends, type AppendBenchResult } from '@parley/testkit/bench/append-bench';

type Opened = { log: RoomLog; close: () => Promise<void> };
export type AppendSubject = { name: string; open(dataDir: string): Promise<Opened> };

const onNats = (binary: string, version: string): AppendSubject => ({
  name: `JetStream ${version}, one replica`,
  async open(dataDir) {
    const server = await startNats({ dataDir, binary });
    const nats = await connectNats({ servers: server.url, name: 'bench' });
    const log = await NatsRoomLog.connect({ nats, region: regionOf('bench') });
    return { log, close: async () => { await log.close(); await nats.close(); await server.stop(); } };
  },
});

const onPostgres = (source: PostgresSource, major: number): AppendSubject => ({
  name: `Postgres ${major} (${source}), fsync on`,
  async open(dataDir) {
    const server = await startPostgres({ dataDir, source });
    const database = openDatabase({ url: server.url });
    await migrate(database);
    const log = await PostgresRoomLog.open({ database });
    return { log, close: async () => { await log.close(); await database.close(); await server.stop(); } };
  },
});

/** Every log that can be run here. */
export const appendSubjects = (): AppendSubject[] => [
  ...natsBinaries().map(({ path, version }) => onNats(path, version)),
  ...postgresBinaries().flatMap(({ source, major }) => (source === 'given' ? [] : [onPostgres(source, major)])),
];

/** One run on a server of its own, with data of its own. */
export const runAppends = async (subject: AppendSubject, rooms: number, seconds: number): Promise<AppendBenchResult> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const { log, close } = await subject.open(dataDir);
    try {
      return await benchAppends(log, { rooms, seconds });
    } finally {
      await close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};
