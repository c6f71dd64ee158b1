import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tempDir, waitFor } from '@parley/testkit';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runStarter } from '../testing/run-starter.ts';
import { clearLeftBehind, postmasterPid } from './left-behind.ts';
import { startPostgres, type PostgresOptions, type PostgresServer } from './start-postgres.ts';

const isRoot = process.geteuid?.() === 0;
const isHere = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

const start = async (options: PostgresOptions): Promise<PostgresServer> => {
  const postgres = await startPostgres(options);
  onTestFinished(() => postgres.stop());
  return postgres;
};

const query = async (url: string, sql: string): Promise<unknown[][]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
};

const processGroup = (pid: number): string | undefined => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];

/** A postmaster nobody watches over, as a crash of Parley alone leaves it where the kernel does not take it along. */
const orphan = async (dataDir: string): Promise<number> => {
  const postgres = await startPostgres({ dataDir });
  const args = readFileSync(`/proc/${postgres.pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  await postgres.stop();
  const [command = '', ...rest] = isRoot ? ['unshare', '--user', '--map-user=65534', '--', ...args] : args;
  const child = spawn(command, rest, { stdio: 'ignore', detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? -1;
  await waitFor('the orphan to be ready', () => readFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8').includes('ready'));
  expect(postmasterPid(join(dataDir, 'pgdata'))).toBe(pid);
  return pid;
};

const pidFileOf = async (postgres: PostgresServer): Promise<string> => {
  const [[dir]] = (await query(postgres.url, 'SHOW data_directory')) as [[string]];
  return join(dir, 'postmaster.pid');
};

/** A folder that others may enter, all the way: the usual place for temporary files may itself be closed. */
const openDir = (): string => {
  const dir = mkdtempSync('/var/tmp/parley-test-');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  chmodSync(dir, 0o755);
  return dir;
};

/** A PATH on which some programs fail, as they do in containers. */
const pathWithout = (...names: string[]): string => {
  const dir = openDir();
  for (const name of names) writeFileSync(join(dir, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return `${dir}:${process.env['PATH']}`;
};

describe.each(['embedded', 'debian'] as const)('Postgres from %s', (source) => {
  test('is made as Parley wants it: UTF-8, C locale, durable, loopback only, with a password', async () => {
    const dataDir = await tempDir();
    const postgres = await start({ dataDir, source });
    const rows = await query(postgres.url, `
      SELECT current_database(), current_user, current_setting('server_encoding'), datcollate, current_setting('fsync'), current_setting('synchronous_commit'), current_setting('listen_addresses')
      FROM pg_database WHERE datname = 'parley'`);
    expect(rows).toEqual([['parley', 'parley', 'UTF8', 'C', 'on', 'on', '127.0.0.1']]);
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(postgres.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(processGroup(postgres.pid)).toBe(processGroup(process.pid));
  });

  test('killed, it comes back on its port with what was committed', async () => {
    const postgres = await start({ dataDir: await tempDir(), source });
    const before = { url: postgres.url, pid: postgres.pid };
    await query(postgres.url, 'CREATE TABLE t AS SELECT 42 AS a');
    await postgres.kill();
    expect(postgres.isRunning).toBe(false);
    await postgres.restart();
    expect(postgres.url).toBe(before.url);
    expect(postgres.pid).not.toBe(before.pid);
    expect(await query(postgres.url, 'SELECT a FROM t')).toEqual([[42]]);
  });

  test('stops at once though a client is connected', async () => {
    const postgres = await start({ dataDir: await tempDir(), source, stopDeadlineMs: 10_000 });
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    await postgres.stop();
    expect(await postgres.exited).toEqual({ code: 0, signal: null });
  });
});

test('data is opened by the version that made it, whichever source that is', async () => {
  const dataDir = await tempDir();
  const first = await startPostgres({ dataDir, source: 'debian' });
  await first.stop();
  const again = await start({ dataDir });
  expect([again.source, again.major]).toEqual(['debian', first.major]);
  await again.stop();
  await expect(startPostgres({ dataDir, source: 'embedded' })).rejects.toMatchObject({ code: 'data_of_other_version' });
});

test('a failing start tells the end of the log', async () => {
  await expect(start({ dataDir: await tempDir(), settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({ code: 'exited_early', message: expect.stringContaining('shared_buffers') });
});

test('an initialisation that was interrupted is done again', async () => {
  const dataDir = await tempDir();
  mkdirSync(join(dataDir, 'pgdata.new'));
  writeFileSync(join(dataDir, 'pgdata.new', 'PG_VERSION'), '18');
  const postgres = await start({ dataDir });
  expect(await query(postgres.url, 'SELECT 1')).toEqual([[1]]);
});

describe('what an earlier run left behind', () => {
  test('a running postmaster is stopped and replaced', async () => {
    const dataDir = await tempDir();
    const pid = await orphan(dataDir);
    const postgres = await start({ dataDir });
    expect(isHere(pid)).toBe(false);
    expect(await query(postgres.url, 'SELECT 1')).toEqual([[1]]);
  });

  test('a postmaster that hangs is killed', async () => {
    const dataDir = await tempDir();
    const pid = await orphan(dataDir);
    process.kill(pid, 'SIGSTOP');
    await clearLeftBehind(join(realpathSync(dataDir), 'pgdata'), { fast: 200, immediate: 200, killed: 5_000 });
    expect(isHere(pid)).toBe(false);
  });

  test('a postmaster of another folder is left alone', async () => {
    const other = await start({ dataDir: await tempDir() });
    const dataDir = await tempDir();
    await (await startPostgres({ dataDir })).stop();
    writeFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), readFileSync(await pidFileOf(other)));
    await start({ dataDir });
    expect(await query(other.url, 'SELECT 1')).toEqual([[1]]);
  });
  test('a lock file whose pid is somebody else\'s by now does not block the start, and nobody is harmed', async () => {
    const dataDir = await tempDir();
    await (await startPostgres({ dataDir })).stop();
    const innocent = spawn('sleep', ['120']);
    onTestFinished(() => void innocent.kill());
    writeFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), `${innocent.pid}\n${join(dataDir, 'pgdata')}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`);
    await start({ dataDir });
    expect(isHere(innocent.pid ?? -1)).toBe(true);
  });

  test('a starter killed -9 does not keep the next one from the data', async () => {
    const dataDir = await tempDir();
    const starter = await runStarter(['postgres', dataDir]);
    await query(starter.said.url ?? '', 'CREATE TABLE t AS SELECT 7 AS a');
    await starter.kill();
    const postgres = await start({ dataDir });
    expect(isHere(starter.said.pid)).toBe(false);
    expect(await query(postgres.url, 'SELECT a FROM t')).toEqual([[7]]);
  });

  test('a starter killed -9 together with its database does not either', async () => {
    const dataDir = await tempDir();
    const starter = await runStarter(['postgres', dataDir]);
    await query(starter.said.url ?? '', 'CREATE TABLE t AS SELECT 8 AS a');
    process.kill(starter.said.pid, 'SIGKILL');
    await starter.kill();
    const postgres = await start({ dataDir });
    expect(await query(postgres.url, 'SELECT a FROM t')).toEqual([[8]]);
  });
});

describe.runIf(isRoot)('as root', () => {
  const nobody = { uid: 65534, gid: 65534 };
  test('runs under root\'s own home, which nobody else may enter', async () => {
    const dataDir = mkdtempSync(join(homedir(), '.parley-test-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const postgres = await startPostgres({ dataDir });
    expect(postgres.runsAs).toBe('mapped');
    await postgres.stop();
  });

  test('without user namespaces it runs as another user where one can reach the folder', async () => {
    const dataDir = join(openDir(), 'postgres');
    const starter = await runStarter(['postgres', dataDir, 'debian'], { path: pathWithout('unshare') });
    expect(starter.said).toMatchObject({ ok: true, runsAs: 'other-user' });
    expect(statSync(`/proc/${starter.said.pid}`).uid).toBe(statSync(dataDir).uid);
    expect(statSync(dataDir).uid).not.toBe(0);
    await query(starter.said.url ?? '', 'CREATE TABLE t AS SELECT 9 AS a');
    await starter.kill();

    // The same data the other way round: namespaces are allowed now.
    const postgres = await start({ dataDir });
    expect(postgres.runsAs).toBe('mapped');
    expect(await query(postgres.url, 'SELECT a FROM t')).toEqual([[9]]);
  });

  test('without user namespaces and under a closed folder it keeps just the right to pass', async () => {
    const dataDir = join(await tempDir(), 'closed', 'postgres');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const starter = await runStarter(['postgres', dataDir], { path: pathWithout('unshare') });
    expect(starter.said).toMatchObject({ ok: true, runsAs: 'other-user-with-access' });
    expect(await query(starter.said.url ?? '', 'SELECT 1')).toEqual([[1]]);
  });

  test('where nothing works the error says so', async () => {
    const dataDir = join(await tempDir(), 'postgres');
    const starter = await runStarter(['postgres', dataDir], { path: pathWithout('unshare', 'setpriv') });
    expect(starter.said).toMatchObject({ ok: false, code: 'no_user_for_postgres' });
  });

  test('a starter who is an ordinary user runs it as themselves, in a closed folder', async (context) => {
    const prefix = ['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups', '--'];
    const canRead = spawnSync(prefix[0]!, [...prefix.slice(1), process.execPath, '--eval', 'fs.readFileSync(process.argv[1])', import.meta.filename]).status === 0;
    if (!canRead) context.skip('the workspace is in a folder that other users may not enter');
    const home = join(openDir(), 'home');
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, nobody.uid, nobody.gid);
    const starter = await runStarter(['postgres', join(home, 'data', 'postgres')], { prefix });
    expect(starter.said).toMatchObject({ ok: true, runsAs: 'ourselves' });
    expect(statSync(`/proc/${starter.said.pid}`).uid).toBe(nobody.uid);
    expect(await query(starter.said.url ?? '', 'SELECT 1')).toEqual([[1]]);
  });
});
