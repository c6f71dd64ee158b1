import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockDataDir, readEndpoints, ServerError, startPostgres } from '@parley/servers';
import { EXIT, OpsError } from '../exit-codes.ts';

export type OpsConfig = { dataDir: string; region: string; ownNatsUrl: string[] | undefined; ownDatabaseUrl: string | undefined };

/** Where the servers are. */
export type Place = {
  natsUrl: readonly string[] | null;
  databaseUrl: string | null;
  /** For people: what was found. */
  name: string;
  /** Nobody but us uses the database. */
  isAtRest: boolean;
  close(): Promise<void>;
};

const nothingToClose = async (): Promise<void> => undefined;

/** What the environment names; else what runs on the data folder; else, what last ran there, its database started for as long as we look. */
export const findPlace = async ({ dataDir, ownNatsUrl, ownDatabaseUrl }: OpsConfig): Promise<Place> => {
  if (ownNatsUrl !== undefined || ownDatabaseUrl !== undefined) {
    return { natsUrl: ownNatsUrl ?? null, databaseUrl: ownDatabaseUrl ?? null, name: 'what NATS_URL and DATABASE_URL name', isAtRest: false, close: nothingToClose };
  }
  const folder = resolve(dataDir);
  if (!existsSync(folder)) throw new OpsError(EXIT.config, `there is no Parley in ${folder}: set DATA_DIR, or NATS_URL and DATABASE_URL`);
  const lock = lockIfFree(folder);
  if (lock === null) {
    const endpoints = readEndpoints(folder);
    if (!endpoints) throw new OpsError(EXIT.tryLater, `what runs on ${folder} is still starting, or leaving`);
    return { natsUrl: endpoints.natsUrl?.split(',') ?? null, databaseUrl: endpoints.databaseUrl, name: folder, isAtRest: false, close: nothingToClose };
  }
  try {
    const postgres = join(folder, 'postgres');
    if (!existsSync(join(postgres, 'pgdata'))) throw new OpsError(EXIT.config, `there is no database in ${folder}, and nothing runs there: set DATA_DIR, or NATS_URL and DATABASE_URL`);
    const server = await startPostgres({ dataDir: postgres });
    return {
      natsUrl: null, databaseUrl: server.url, name: folder, isAtRest: true,
      close: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
};

const lockIfFree = (folder: string) => {
  try {
    return lockDataDir(folder);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'data_dir_locked') return null;
    throw error;
  }
};
