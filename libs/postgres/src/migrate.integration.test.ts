import { sql } from 'kysely';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { afterTests, freshDatabase, withPostgres } from '@parley/testkit';
import { DatabaseTooNew, migrate, openDatabase } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';

const cleanup = afterTests();

let server: Awaited<ReturnType<typeof withPostgres>>;
beforeAll(async () => { server = await withPostgres({ cleanup }); });

const fresh = async () => {
  const url = await freshDatabase(server);
  return () => {
    const database = openDatabase({ url });
    onTestFinished(() => database.close());
    return database;
  };
};
const tables = async (database: ReturnType<typeof openDatabase>) =>
  (await sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(database.db)).rows.map(({ name }) => name);

test('of four that start at once one migrates, and all find the schema', async () => {
  const open = await fresh();
  const ran = await Promise.all([1, 2, 3, 4].map(async () => {
    const database = open();
    const names = await migrate(database);
    await database.db.selectFrom('log_entries').selectAll().execute();
    return names;
  }));
  expect(ran.flat()).toEqual(Object.keys(MIGRATIONS));
  expect(await migrate(open())).toEqual([]);
});

test('a database that a newer version migrated is refused, and left as it is', async () => {
  const open = await fresh();
  const newer = { ...MIGRATIONS, '9999-tomorrow': { up: async () => {} } };
  await migrate(open(), newer);
  const refusal: unknown = await migrate(open()).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DatabaseTooNew);
  expect((refusal as DatabaseTooNew).unknown).toEqual(['9999-tomorrow']);
  expect(await migrate(open(), newer)).toEqual([]);
});

test('a migration that fails leaves nothing of itself or of those before it', async () => {
  const open = await fresh();
  const failing = { ...MIGRATIONS, '0002-half': { up: async (db: Parameters<(typeof MIGRATIONS)[string]['up']>[0]) => {
    await sql`create table half (id int)`.execute(db);
    await sql`select 1 / 0`.execute(db);
  } } };
  await expect(migrate(open(), failing)).rejects.toMatchObject({ code: '22012' });
  expect(await tables(open())).toEqual([]);
  expect(await migrate(open())).toEqual(Object.keys(MIGRATIONS));
});
