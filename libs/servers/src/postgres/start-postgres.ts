import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { spawnChild, untilReady, type Child } from '../child.ts';
import { startServer, type Server } from '../server.ts';
import { ServerError } from '../server-error.ts';
import { choosePostgres, type PostgresBinaries, type PostgresSource } from './binaries.ts';
import { clearLeftBehind, isPostmasterReady } from './left-behind.ts';
import { runPostgresAs, type RunAs } from './run-as.ts';

export type PostgresOptions = {
  /** Holds `pgdata`, `postgres.log`, and with mode 0600 `password` and the same as a `pgpass` file. Made if missing. One starter at a time: see `lockDataDir`. */
  dataDir: string;
  /** A free one by default. */
  port?: number;
  /** Where to look for the programs. Default: wherever the data folder's version is, embedded before Debian's. */
  source?: PostgresSource;
  /** A folder of programs, instead of looking for one. */
  binDir?: string;
  /** Passed as `-c name=value`. */
  settings?: Record<string, string>;
  /** Off only for data that may be lost. Default on. */
  fsync?: boolean;
  startDeadlineMs?: number;
  stopDeadlineMs?: number;
};

export type PostgresServer = Server & {
  readonly source: PostgresBinaries['source'];
  readonly major: number;
  readonly runsAs: RunAs['how'];
};

const USER = 'parley';
const DATABASE = 'parley';
const INITDB_MS = 60_000;
/** Includes the recovery after a crash, which replays at most one checkpoint's distance. */
const START_MS = 60_000;
const STOP_MS = 30_000;

const passwordOf = (dataDir: string): string => {
  const file = join(dataDir, 'password');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(24).toString('hex'), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
};

/** For programs that are told the address only: `PGPASSFILE`, with `PGUSER=parley`. */
const writePgpass = (dataDir: string): void => {
  const file = join(dataDir, 'pgpass');
  writeFileSync(`${file}.new`, `127.0.0.1:*:*:${USER}:${passwordOf(dataDir)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** Made beside its place and moved there when whole, so that a crash in the middle leaves no half of it. */
const initialise = async (options: PostgresOptions, dataDir: string, binDir: string, runAs: RunAs): Promise<void> => {
  const unfinished = join(dataDir, 'pgdata.new');
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = join(dataDir, 'password');
  passwordOf(dataDir);
  if (runAs.owner) chownSync(passwordFile, runAs.owner.uid, runAs.owner.gid);
  const initdb = spawnChild({
    name: 'initdb',
    command: join(binDir, 'initdb'),
    args: [
      '-D', unfinished, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions',
      ...(options.fsync === false ? ['--no-sync'] : []),
    ],
    prefix: runAs.prefix,
    uid: runAs.uid,
    gid: runAs.gid,
    cwd: dataDir,
    env: { ...process.env, LC_ALL: 'C' },
    logFile: join(dataDir, 'postgres.log'),
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 1_000,
  });
  const timer = setTimeout(() => void initdb.kill(), INITDB_MS);
  const { code } = await initdb.exited;
  clearTimeout(timer);
  if (code !== 0) throw new ServerError('exited_early', `initdb failed:\n${initdb.logTail()}`);
  renameSync(unfinished, join(dataDir, 'pgdata'));
};

const createDatabase = async (server: string): Promise<void> => {
  const client = new Client({ connectionString: `${server}/postgres`, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
};

/**
 * Starts Postgres on `dataDir`: user and database `parley`, UTF-8, C locale, loopback only, password (scram).
 * Takes over from a Postgres that an earlier run left behind there. Works as root too: see `runPostgresAs`.
 */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  const pgdata = join(dataDir, 'pgdata');
  const versionFile = join(pgdata, 'PG_VERSION');
  const binaries = choosePostgres(options, existsSync(versionFile) ? Number.parseInt(readFileSync(versionFile, 'utf8'), 10) : undefined);
  if (existsSync(pgdata)) await clearLeftBehind(pgdata);
  const runAs = runPostgresAs(binaries.dir, dataDir);
  if (!existsSync(pgdata)) await initialise(options, dataDir, binaries.dir, runAs);
  writePgpass(dataDir);
  const serverUrl = (port: number) => `postgres://${USER}:${passwordOf(dataDir)}@127.0.0.1:${port}`;

  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: options.fsync === false ? 'off' : 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...options.settings,
  };

  const start = async (port: number): Promise<Child> => {
    await clearLeftBehind(pgdata);
    const child = spawnChild({
      name: `Postgres ${binaries.major}`,
      command: join(binaries.dir, 'postgres'),
      args: ['-D', pgdata, '-p', `${port}`, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      prefix: runAs.prefix,
      uid: runAs.uid,
      gid: runAs.gid,
      cwd: dataDir,
      // The language of messages and the rest come from the settings, not from whoever starts us.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', LANG: 'C' },
      logFile: join(dataDir, 'postgres.log'),
      // Fast: disconnects clients, checkpoints, ends. SIGTERM would wait for clients.
      stopSignal: 'SIGINT',
      stopDeadlineMs: options.stopDeadlineMs ?? STOP_MS,
    });
    await untilReady(child, () => isPostmasterReady(pgdata, child.pid), options.startDeadlineMs ?? START_MS);
    try {
      await createDatabase(serverUrl(port));
    } catch (error) {
      await child.stop();
      throw error;
    }
    return child;
  };

  const server = await startServer('Postgres', options.port, start, (port) => `${serverUrl(port)}/${DATABASE}`);
  return Object.defineProperties(server, {
    source: { value: binaries.source, enumerable: true },
    major: { value: binaries.major, enumerable: true },
    runsAs: { value: runAs.how, enumerable: true },
  }) as PostgresServer;
};
