import { sql } from 'kysely';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { afterTests, waitFor, withPostgres } from '@parley/testkit';
import { ConnectionLost, isUnavailable, migrate, openDatabase, withTransaction, type DatabaseOptions } from './index.ts';

const cleanup = afterTests();

let server: Awaited<ReturnType<typeof withPostgres>>;
beforeAll(async () => { server = await withPostgres({ cleanup }); });

const open = (options: Partial<DatabaseOptions> = {}) => {
  const database = openDatabase({ url: server.url, ...options });
  onTestFinished(() => database.close());
  return database;
};
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => null, (error: unknown) => error);

test('a bigint comes as a number, and other parsers stay as they are', async () => {
  const { rows } = await sql<{ big: number; text: string }>`select 9007199254740991::bigint as big, 'x' as text`.execute(open().db);
  expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, text: 'x' }]);
});

test('a statement that takes too long is given up by the server', async () => {
  const error = await failure(sql`select pg_sleep(30)`.execute(open({ statementTimeoutMs: 100 }).db));
  expect(error).toMatchObject({ code: '57014' });
  expect(isUnavailable(error)).toBe(true);
});

test('waiting in vain for a connection of the pool is told as such', async () => {
  const database = open({ poolSize: 1, connectTimeoutMs: 100 });
  const client = await database.pool.connect();
  expect(await failure(sql`select 1`.execute(database.db))).toBeInstanceOf(ConnectionLost);
  client.release();
  await sql`select 1`.execute(database.db);
});

test('a server that hangs costs the connection, not the caller', async () => {
  const database = open({ statementTimeoutMs: 500, connectTimeoutMs: 500 });
  await sql`select 1`.execute(database.db);
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.db);
  const { pid } = rows[0]!;
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await failure(sql`select 1`.execute(database.db))).toBeInstanceOf(ConnectionLost);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const after = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.db);
  expect(after.rows[0]!.pid).not.toBe(pid);
});

test('the server killed under idle, busy and checked out connections harms nobody, and they come back', async () => {
  const database = open({ connectTimeoutMs: 1_000 });
  await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(database.db)));
  const held = await database.pool.connect();
  const busy = failure(sql`select pg_sleep(30)`.execute(database.db));
  const inTransaction = failure(withTransaction(database.db, async (trx) => {
    await sql`select 1`.execute(trx);
    await busy;
    await sql`select 1`.execute(trx);
  }));
  await waitFor('the statement is under way', async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity where query like 'select pg_sleep(30)%' and state = 'active'`.execute(database.db);
    return rows[0]!.n === 1;
  });
  await server.kill();
  expect(isUnavailable(await busy)).toBe(true);
  expect(isUnavailable(await inTransaction)).toBe(true);
  held.release(true);
  // A backend outlives its postmaster by a moment.
  await waitFor('nothing is answered', async () => isUnavailable(await failure(sql`select 1`.execute(database.db))));
  await server.restart();
  await sql`select 1`.execute(database.db);
});

test('a transaction that Postgres rolled back for a deadlock is run again', async () => {
  const database = open();
  await migrate(database);
  const users = ['a', 'b'];
  await database.db.insertInto('users').values(users.map((id) => ({ id, name: '' }))).execute();
  const bothHaveOne = Promise.withResolvers<void>();
  let having = 0;
  let runs = 0;
  const rename = (order: string[], name: string) => withTransaction(database.db, async (trx) => {
    runs += 1;
    for (const [n, id] of order.entries()) {
      await trx.updateTable('users').set({ name }).where('id', '=', id).execute();
      if (n === 0 && (having += 1) >= 2) bothHaveOne.resolve();
      if (n === 0) await bothHaveOne.promise;
    }
  });
  await Promise.all([rename(users, 'one'), rename(users.toReversed(), 'other')]);
  // More than one again, where the one that runs again is the first to take the row that the other was waiting for.
  expect(runs).toBeGreaterThanOrEqual(3);
  const names = await database.db.selectFrom('users').select('name').execute();
  expect(new Set(names.map(({ name }) => name)).size).toBe(1);
});
