import { sql } from 'kysely';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { afterTests, waitFor, withPostgres } from '@parley/testkit';
import { claimLogHome, ConnectionLost, DatabaseSession, enterLogHome, isUnavailable, LogHomeBusy, LogHomeMoved, migrate, openDatabase, SessionLock } from './index.ts';

const cleanup = afterTests();

let server: Awaited<ReturnType<typeof withPostgres>>;
beforeAll(async () => {
  server = await withPostgres({ cleanup });
  const database = openDatabase({ url: server.url });
  await migrate(database);
  await database.close();
});

const open = () => {
  const database = openDatabase({ url: server.url });
  onTestFinished(() => database.close());
  return database;
};
const terminate = (database: ReturnType<typeof open>, pid: number) => sql`select pg_terminate_backend(${pid})`.execute(database.db);
const pidOf = async (lock: SessionLock): Promise<number> => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(lock.db)).rows[0]!.pid;

test('a lock has one holder at a time, and passes on when it is released', async () => {
  const database = open();
  const first = await SessionLock.acquire(database, 'a');
  expect(first?.lost).toBe(false);
  expect(await SessionLock.acquire(database, 'a', { waitMs: 100, retryMs: 20 })).toBe(null);
  const waiting = SessionLock.acquire(database, 'a', { waitMs: 10_000, retryMs: 20 });
  const other = await SessionLock.acquire(database, 'b');
  await first!.release();
  const second = await waiting;
  expect(second?.lost).toBe(false);
  await Promise.all([second!.release(), other!.release()]);
});

test('a holder hears that its lock was lost, and cannot commit what it had begun under it', async () => {
  const database = open();
  const lock = await SessionLock.acquire(database, 'c');
  const lost = new Promise<void>((resolve) => { lock!.onLost(resolve); });
  const work = lock!.db.transaction().execute(async (trx) => {
    await trx.insertInto('users').values({ id: 'u-lost', name: 'x' }).execute();
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await terminate(database, rows[0]!.pid);
    await lost;
  });
  expect(isUnavailable(await work.catch((error: unknown) => error))).toBe(true);
  expect(lock!.lost).toBe(true);
  const next = await SessionLock.acquire(database, 'c', { waitMs: 5_000, retryMs: 20 });
  expect(next).not.toBe(null);
  expect(await database.db.selectFrom('users').selectAll().where('id', '=', 'u-lost').execute()).toEqual([]);
  await next!.release();
  await lock!.release();
});

test('transactions on the session of a lock wait for each other', async () => {
  const database = open();
  const lock = await SessionLock.acquire(database, 'd');
  const seen: string[] = [];
  await Promise.all([1, 2, 3].map((n) => lock!.db.transaction().execute(async (trx) => {
    seen.push(`begin ${n}`);
    await sql`select pg_sleep(0.01)`.execute(trx);
    seen.push(`end ${n}`);
  })));
  expect(seen).toEqual([1, 2, 3].flatMap((n) => [`begin ${n}`, `end ${n}`]));
  const pid = await pidOf(lock!);
  await terminate(database, pid);
  await waitFor('the loss is noticed', () => lock!.lost);
  await expect(sql`select 1`.execute(lock!.db)).rejects.toBeInstanceOf(ConnectionLost);
  await lock!.release();
});

test('a database is home to a standalone until a cluster claims it, and then for good to the cluster', async () => {
  const database = open();
  const standalone = await DatabaseSession.open(database);
  const logId = await enterLogHome(standalone, 'postgres:one', 'exclusive');
  expect(logId).toBe('postgres:one');
  const rival = await DatabaseSession.open(database);
  expect(await enterLogHome(rival, 'postgres:two', 'exclusive')).toBe(null);
  await expect(claimLogHome(database, 'parley-log-X', { waitMs: 0 })).rejects.toBeInstanceOf(LogHomeBusy);
  await standalone.close();
  await waitFor('the lock is free', async () => (await enterLogHome(rival, 'postgres:two', 'exclusive')) === 'postgres:one');
  const claiming = Promise.all([1, 2, 3, 4].map(() => claimLogHome(database, 'parley-log-X')));
  await rival.close();
  await claiming;
  const late = await DatabaseSession.open(database);
  await expect(enterLogHome(late, 'postgres:three', 'exclusive')).rejects.toMatchObject({ name: LogHomeMoved.name, logId: 'parley-log-X' });
  await late.close();
  await claimLogHome(database, 'parley-log-X');
  await claimLogHome(database, 'parley-log-Y');
  expect(await database.db.selectFrom('log_home').select('log_id').execute()).toEqual([{ log_id: 'parley-log-Y' }]);
  await expect(claimLogHome(database, 'postgres:one')).rejects.toBeInstanceOf(RangeError);
});

test.each([['off', 'on'], ['local', 'on'], ['remote_apply', 'remote_apply']])('a session of a server with synchronous_commit %s commits with %s', async (configured, used) => {
  const role = open();
  await sql.raw(`alter role parley set synchronous_commit = '${configured}'`).execute(role.db);
  const session = await DatabaseSession.open(open());
  const { rows } = await session.client.query<{ setting: string }>("select current_setting('synchronous_commit') as setting");
  await session.close();
  await sql.raw('alter role parley reset synchronous_commit').execute(role.db);
  expect(rows[0]!.setting).toBe(used);
});
