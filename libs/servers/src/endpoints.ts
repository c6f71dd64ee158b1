import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the servers of a data folder are at present, with the passwords. */
export type Endpoints = { databaseUrl: string; /** Left out: there is none. */ natsUrl?: string };

const FILE = 'endpoints.json';

/** For `npm run ops`, mode 0600. To be called by whoever holds the folder's lock; answers what removes it again. */
export const writeEndpoints = (dataDir: string, endpoints: Endpoints): (() => void) => {
  const file = join(dataDir, FILE);
  // Made anew, so that nobody else's permissions are left on it.
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(endpoints)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
};

/** Only to be believed while somebody holds the folder's lock. `null`: whoever does has not got so far. */
export const readEndpoints = (dataDir: string): Endpoints | null => {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Endpoints;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};
