import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '@parley/runtime';
import { PostgresRoomLog } from '@parley/room-log-postgres';
import type { PostgresServer } from '@parley/servers';
import { afterTests, freshDatabase, waitFor, withPostgres } from '@parley/testkit';
import { MemoryLogStore } from '@parley/testkit/memory-room-log';
import { created, RoomScript, said } from '@parley/testkit/room-script';
import { takeOver } from './take-over.ts';
import { metric, storeRig, type StoreRig } from './testing/rig.ts';

const cleanup = afterTests();

let postgres: PostgresServer;
let rig: StoreRig;

beforeAll(async () => {
  postgres = await withPostgres({ fsync: false, cleanup });
});
beforeEach(async () => {
  rig = await storeRig(await freshDatabase(postgres));
  onTestFinished(() => rig.close());
});

const openLog = () => PostgresRoomLog.open({ database: rig.database });
const room = async (log: PostgresRoomLog, messages: number): Promise<RoomScript> => {
  const script = new RoomScript();
  await script.append(log, ...created(script.owner));
  for (let n = 0; n < messages; n += 1) await script.append(log, said(`message ${n}`, script.owner));
  return script;
};
const archived = async (script: RoomScript) => (await rig.store.archive(script.roomId, 0, 10_000)).events;
const clusterLog = () => new MemoryLogStore({ id: 'a-cluster', now: () => Date.now(), sleep: (ms) => sleep(ms) }).open();

test('over the Postgres log everything is taken in, and the archive is written once', async () => {
  const log = await openLog();
  const worker = rig.work(log, { logIsArchive: true });
  const scripts = await Promise.all(Array.from({ length: 8 }, () => room(log, 20)));
  await rig.caughtUp(...scripts);
  for (const script of scripts) {
    expect(await archived(script)).toStrictEqual(script.events);
    const { count } = await rig.database.db.selectFrom('log_entries').select(({ fn }) => fn.countAll<number>().as('count')).where('room_id', '=', script.roomId).executeTakeFirstOrThrow();
    expect(count).toBe(script.entries.length);
    expect((await rig.store.history({ roomId: script.roomId, limit: 100 })).messages.length).toBe(20);
  }
  expect(await metric(worker, 'persistence_incidents_total')).toBe(0);
  await worker.stop();
  await log.close();
});

test('a standalone that was stopped before it took everything in goes on where it stood', async () => {
  const first = await openLog();
  const worker = rig.work(first, { logIsArchive: true });
  const scripts = await Promise.all(Array.from({ length: 4 }, () => room(first, 5)));
  await rig.caughtUp(...scripts);
  await worker.stop();
  for (const script of scripts) for (let n = 0; n < 5; n += 1) await script.append(first, said(`late ${n}`, script.owner));
  await first.close();
  const second = await openLog();
  const again = rig.work(second, { logIsArchive: true });
  await rig.caughtUp(...scripts);
  for (const script of scripts) expect(await archived(script)).toStrictEqual(script.events);
  await again.stop();
  await second.close();
});

test('a cluster takes in what a standalone had acked and not taken in, before anyone asks, and rooms go on in its log', async () => {
  const log = await openLog();
  const worker = rig.work(log, { logIsArchive: true });
  const [known, half] = [await room(log, 3), await room(log, 3)];
  await rig.caughtUp(known, half);
  await worker.stop();
  await half.append(log, said('acked, not taken in', half.owner));
  const unknown = await room(log, 1_200);
  const mine = clusterLog();
  const taking = { database: rig.database, log: mine, deadLetters: rig.deadLetters, logger: silentLogger() };
  await log.close();
  await Promise.all(Array.from({ length: 3 }, () => takeOver(taking)));
  await takeOver(taking);
  for (const script of [known, half, unknown]) {
    expect((await rig.store.seed(script.roomId))?.lastId).toBe(script.lastId);
    expect(await archived(script)).toStrictEqual(script.events);
  }
  rig.work(mine);
  for (const script of [known, half, unknown]) await script.append(mine, script.nextEpoch(), said('on', script.owner));
  await rig.caughtUp(known, half, unknown);
  for (const script of [known, half, unknown]) expect(await archived(script)).toStrictEqual(script.events);
  expect((await rig.store.seed(known.roomId))?.logId).toBe('a-cluster');
});

test('a cluster does not take a database over from a running standalone', async () => {
  const log = await openLog();
  const taking = { database: rig.database, log: clusterLog(), deadLetters: rig.deadLetters, logger: silentLogger() };
  await expect(takeOver(taking)).rejects.toMatchObject({ name: 'LogHomeBusy' });
  await log.close();
  await waitFor('the lock to be free', () => takeOver(taking).then(() => true));
});
