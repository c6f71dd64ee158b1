import { newCmid, newUserId, StoreUnavailable, type NewServerAct } from '@parley/domain';
import type { SessionId, UserId } from '@parley/protocol';
import { sql } from 'kysely';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { migrate, openDatabase, type DatabaseHandle } from '@parley/postgres';
import { afterTests, waitFor, withPostgres } from '@parley/testkit';
import { PostgresModerationStore } from '../index.ts';

const cleanup = afterTests();

let server: Awaited<ReturnType<typeof withPostgres>>;
beforeAll(async () => {
  server = await withPostgres({ fsync: false, cleanup });
  const database = openDatabase({ url: server.url });
  await migrate(database);
  await database.close();
});

const open = (): { database: DatabaseHandle; store: PostgresModerationStore } => {
  const database = openDatabase({ url: server.url, connectTimeoutMs: 2_000 });
  const store = new PostgresModerationStore(database);
  onTestFinished(async () => {
    await store.close();
    await database.close();
  });
  return { database, store };
};
const unban = (): NewServerAct => ({ act: 'user.unbanned', userId: newUserId(), by: null, cmid: newCmid() });
const inForceOf = async ({ db }: DatabaseHandle, userId: UserId): Promise<string[]> =>
  (await db.selectFrom('acts_in_force').select('kind').where('user_id', '=', userId).orderBy('serial').execute()).map(({ kind }) => kind);

test.each([
  ['changed', sql`update server_acts set by = 'u-somebody'`], ['removed', sql`delete from server_acts`], ['emptied', sql`truncate server_acts`],
])('the log of acts cannot be %s', async (_, statement) => {
  const { database, store } = open();
  const act = await store.act(unban());
  await expect(statement.execute(database.db)).rejects.toMatchObject({ code: '23001' });
  expect(await store.actsAfter(act.serial - 1, 1)).toEqual([act]);
});

test('what is over or was replaced is not kept among what is in force', async () => {
  const { database, store } = open();
  const [userId, later] = [newUserId(), Date.now() + 3_600_000];
  const act = (body: object) => store.act({ userId, by: null, cmid: newCmid(), ...body } as NewServerAct);
  await act({ act: 'user.banned', until: Date.now() - 1, reason: 'over' });
  await act({ act: 'session.revoked', sessionId: 's1' as SessionId, until: later });
  await act({ act: 'sessions.revoked', before: 1, except: 's2' as SessionId, until: later });
  expect(await inForceOf(database, userId)).toEqual(['session', 'sessions']);
  await act({ act: 'sessions.revoked', before: 2, until: later });
  await act({ act: 'user.banned', until: null, reason: 'again' });
  await act({ act: 'user.banned', until: null, reason: 'and again' });
  expect(await inForceOf(database, userId)).toEqual(['sessions', 'ban']);
  await act({ act: 'user.unbanned' });
  expect(await inForceOf(database, userId)).toEqual(['sessions']);
});

test('each act is a line of the audit log', async () => {
  const { store } = open();
  const [userId, by] = [newUserId(), newUserId()];
  const until = Date.now() + 3_600_000;
  await store.act({ act: 'user.banned', userId, until, reason: 'spam', by, cmid: newCmid() });
  await store.act({ act: 'session.revoked', userId, sessionId: 's1' as SessionId, until, by, cmid: newCmid() });
  const { entries } = await store.audit({ userId, limit: 10 });
  expect(entries).toMatchObject([{ act: 'session.revoked', by, detail: 's1', until: null, roomId: null }, { act: 'user.banned', by, userId, reason: 'spam', until }]);
});

test('while Postgres is away every question is unavailable, and who watches acts hears of them again once it is back', async () => {
  const { store } = open();
  let told = 0;
  store.watchActs(() => { told += 1; });
  await waitFor('the watch', () => told > 0);
  await server.stop();
  for (const question of [store.act(unban()), store.actsAfter(0, 1), store.inForce(0, 1)]) await expect(question).rejects.toThrow(StoreUnavailable);
  await server.restart();
  const before = told;
  await waitFor('being told that something may have been missed', () => told > before, { deadlineMs: 20_000 });
  const known = told;
  await store.act(unban());
  await waitFor('the hint of a new act', () => told > known);
});
