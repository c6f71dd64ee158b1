import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import {
  startHaproxy, startNats, startNatsCluster, startPostgres, startRedis,
  type Haproxy, type HaproxyOptions, type NatsCluster, type NatsOptions, type NatsServer, type PostgresOptions, type PostgresServer, type PostgresSource, type RedisOptions, type Server,
} from '@parley/servers';
import { Client } from 'pg';
import { afterAll, onTestFinished } from 'vitest';

/**
 * Runs a function after the test, or after the file's tests. Inside a test the default, `onTestFinished`, will do;
 * in `beforeAll` pass what {@link afterTests} returned.
 */
export type Cleanup = (cleanup: () => Promise<void>) => void;

/** For `beforeAll`, in which vitest takes no `afterAll` and says nothing of it: to be called at the top of a file. What was registered last is undone first. */
export const afterTests = (): ((cleanup: () => Promise<void> | void) => void) => {
  const undo: (() => Promise<void> | void)[] = [];
  afterAll(async () => {
    const errors: unknown[] = [];
    for (const each of undo.toReversed()) {
      try {
        await each();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not all could be undone after the tests');
  });
  return (cleanup) => void undo.push(cleanup);
};

const afterTest: Cleanup = (cleanup) => onTestFinished(cleanup);

/** A folder of its own, gone after the test. */
export const tempDir = async (cleanup: Cleanup = afterTest): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  cleanup(() => rm(dir, { recursive: true, force: true }));
  return dir;
};

/** Stops first, then removes the folder, in whatever order the runner calls cleanups. */
const inTempDir = async <S extends { stop(): Promise<void> }>(cleanup: Cleanup, start: (dataDir: string) => Promise<S>): Promise<S> => {
  const dir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  let server: S | undefined;
  cleanup(async () => {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });
  server = await start(dir);
  return server;
};

type PostgresTestOptions = Omit<PostgresOptions, 'dataDir' | 'source'> & { postgresSource?: PostgresSource; cleanup?: Cleanup };

export const withPostgres = ({ postgresSource, cleanup = afterTest, ...options }: PostgresTestOptions = {}): Promise<PostgresServer> =>
  inTempDir(cleanup, (dataDir) => startPostgres({ ...options, dataDir, ...(postgresSource === undefined ? {} : { source: postgresSource }) }));

export const withNats = ({ cleanup = afterTest, ...options }: Omit<NatsOptions, 'dataDir'> & { cleanup?: Cleanup } = {}): Promise<NatsServer> =>
  inTempDir(cleanup, (dataDir) => startNats({ ...options, dataDir }));

export const withNatsCluster = (size: number, { cleanup = afterTest, ...options }: { binary?: string; syncInterval?: string; cleanup?: Cleanup } = {}): Promise<NatsCluster> =>
  inTempDir(cleanup, (dataDir) => startNatsCluster(size, { ...options, dataDir }));

export const withRedis = ({ cleanup = afterTest, ...options }: Omit<RedisOptions, 'dataDir'> & { cleanup?: Cleanup } = {}): Promise<Server> =>
  inTempDir(cleanup, (dataDir) => startRedis({ ...options, dataDir }));

export const withHaproxy = ({ cleanup = afterTest, ...options }: Omit<HaproxyOptions, 'dataDir'> & { cleanup?: Cleanup }): Promise<Haproxy> =>
  inTempDir(cleanup, (dataDir) => startHaproxy({ ...options, dataDir }));

/** The URL of a new, empty database on a running server, for tests that share one. It goes with the server. */
export const freshDatabase = async (postgres: { url: string }): Promise<string> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
};
