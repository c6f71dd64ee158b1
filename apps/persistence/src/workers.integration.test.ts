import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { sql } from 'kysely';
import { ALL_SHARDS, type Delivery, type RoomLog, type Undecodable } from '@parley/domain';
import { connectNats, jetStreamCall, JS_API, regionOf, type Nats } from '@parley/nats';
import { NatsRoomLog } from '@parley/room-log-nats';
import type { NatsServer, PostgresServer } from '@parley/servers';
import { listLost } from '@parley/store-postgres';
import { afterTests, freshDatabase, waitFor, withNats, withPostgres } from '@parley/testkit';
import { created, RoomScript, said } from '@parley/testkit/room-script';
import { metric, storeRig, type Running, type StoreRig } from './testing/rig.ts';

const cleanup = afterTests();

let postgres: PostgresServer;
let server: NatsServer;
let rig: StoreRig;
let nats: Nats;
let log: NatsRoomLog;
let regions = 0;

beforeAll(async () => {
  [postgres, server] = await Promise.all([withPostgres({ fsync: false, cleanup }), withNats({ cleanup })]);
});
const region = () => regionOf(`region-${regions}`);
const openLog = async (): Promise<{ nats: Nats; log: NatsRoomLog }> => {
  const own = await connectNats({ servers: server.url, name: 'test', reconnectDelayMs: 50 });
  const opened = await NatsRoomLog.connect({ nats: own, region: region(), headsProbeMs: 200, headsProbeTimeoutMs: 500 });
  onTestFinished(async () => {
    await opened.close();
    await own.close();
  });
  return { nats: own, log: opened };
};
beforeEach(async () => {
  // A log and a database of each test's own.
  regions += 1;
  ({ nats, log } = await openLog());
  rig = await storeRig(await freshDatabase(postgres));
  onTestFinished(() => rig.close());
});

const rooms = async (count: number, messages: number, on: RoomLog = log): Promise<RoomScript[]> =>
  Promise.all(Array.from({ length: count }, async () => {
    const script = new RoomScript();
    await script.append(on, ...created(script.owner));
    await chat(script, messages, on);
    return script;
  }));
const chat = async (script: RoomScript, messages: number, on: RoomLog = log): Promise<void> => {
  for (let n = 0; n < messages; n += 1) await script.append(on, said(`message ${script.seq}`, script.owner), said('and', script.owner));
};
const assertWhole = async (...scripts: RoomScript[]): Promise<void> => {
  for (const script of scripts) {
    expect((await rig.store.archive(script.roomId, 0, 10_000)).events).toStrictEqual(script.events);
    expect(await rig.haltedReason(script)).toBe(null);
    const { messages } = await rig.store.history({ roomId: script.roomId, limit: 100 });
    expect(messages.at(-1)?.seq).toBe(script.seq);
  }
};
const owning = (count: number, worker: Running) => waitFor(`a worker to own ${count} shards`, () => worker.shards.length === count);

test('everything appended is taken in once, and settled', async () => {
  const worker = rig.work(log);
  const scripts = await rooms(12, 30);
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
  expect(await metric(worker, 'persistence_events_total')).toBe(scripts.reduce((sum, script) => sum + script.seq, 0));
  expect(worker.ready()).toBe(true);
});

test('a worker stopped in the middle leaves nothing out for the next', async () => {
  const scripts = await rooms(8, 10);
  for (let n = 0; n < 5; n += 1) {
    const worker = rig.work(log);
    const writing = Promise.all(scripts.map((script) => chat(script, 5)));
    await waitFor('a commit', async () => (await metric(worker, 'persistence_entries_total')) > 0);
    await worker.stop();
    expect(worker.shards).toStrictEqual([]);
    await writing;
  }
  rig.work(log);
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
});

test('a connection that dies with a transaction under way takes nothing with it', async () => {
  const scripts = await rooms(8, 20);
  const worker = rig.work(log);
  for (let n = 0; n < 5; n += 1) {
    const writing = Promise.all(scripts.map((script) => chat(script, 5)));
    await owning(ALL_SHARDS.length, worker);
    // The session that commits holds the locks.
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' group by pid`.execute(rig.database.db);
    await writing;
  }
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
  expect(await metric(worker, 'persistence_incidents_total')).toBe(0);
});

const mute = (each: Delivery | Undecodable): Delivery | Undecodable => ({ ...each, ack: async () => {} });
/** A log whose deliveries are never settled, as of a worker that dies between its commit and its ack. */
const neverAcking = (real: RoomLog): RoomLog => new Proxy(real, {
  get: (target, property) => {
    if (property === 'consumer') {
      return async (...args: Parameters<RoomLog['consumer']>) => {
        const consumer = await target.consumer(...args);
        return { fetch: async (max: number, waitMs: number) => (await consumer.fetch(max, waitMs)).map(mute), close: () => consumer.close() };
      };
    }
    const value: unknown = Reflect.get(target, property, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

test('what was committed and not acked comes again, and changes nothing', async () => {
  const scripts = await rooms(4, 10);
  const first = rig.work(neverAcking(log), { limits: { ackWaitMs: 300 } });
  await rig.caughtUp(...scripts);
  await first.stop();
  const second = rig.work(log, { limits: { ackWaitMs: 300 } });
  await waitFor('the redeliveries', async () => (await metric(second, 'persistence_duplicates_total')) >= scripts.reduce((sum, { entries }) => sum + entries.length, 0));
  await assertWhole(...scripts);
  expect(await metric(second, 'persistence_entries_total')).toBe(0);
  expect(await metric(second, 'persistence_incidents_total')).toBe(0);
});

test('a lone worker owns all shards, two share them, and one that goes leaves its own to the other', async () => {
  const first = rig.work(log);
  await owning(16, first);
  const other = await openLog();
  const second = rig.work(other.log);
  await owning(8, second);
  await owning(8, first);
  expect(new Set([...first.shards, ...second.shards]).size).toBe(16);
  const scripts = await rooms(10, 10);
  await rig.caughtUp(...scripts);
  await first.stop();
  await owning(16, second);
  await Promise.all(scripts.map((script) => chat(script, 5)));
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
});

test('three workers that come and go under load make no hole and no double', async () => {
  const scripts = await rooms(10, 2);
  const [second, third] = await Promise.all([openLog(), openLog()]);
  const workers = [rig.work(log), rig.work(second.log), rig.work(third.log)];
  const writing = Promise.all(scripts.map((script) => chat(script, 60)));
  for (const [n, each] of [log, second.log, third.log].entries()) {
    await workers[n]!.stop();
    workers[n] = rig.work(each);
  }
  await writing;
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
  for (const worker of workers) expect(await metric(worker, 'persistence_incidents_total')).toBe(0);
});

test('while Postgres is away nothing is lost or given up on, and it goes on when it is back', async () => {
  const own = await withPostgres();
  const away = await storeRig(own.url);
  onTestFinished(() => away.close());
  const worker = away.work(log);
  const scripts = await rooms(6, 10);
  await away.caughtUp(...scripts);
  await own.kill();
  await waitFor('the loss to be noticed', () => worker.ready() !== true);
  await Promise.all(scripts.map((script) => chat(script, 10)));
  expect(worker.ready()).toBe('no connection to Postgres');
  await own.restart();
  await away.caughtUp(...scripts);
  expect(away.deadLetters.letters.size).toBe(0);
  expect(await metric(worker, 'persistence_incidents_total')).toBe(0);
  for (const script of scripts) expect((await away.store.archive(script.roomId, 0, 10_000)).events).toStrictEqual(script.events);
  await own.restart();
  await Promise.all(scripts.map((script) => chat(script, 2)));
  await away.caughtUp(...scripts);
});

test('a log is trimmed below the watermark’s entry, which stays, also of rooms that have gone quiet', async () => {
  const scripts = await rooms(5, 20);
  rig.work(log, { limits: { trim: { entries: 10, afterMs: 100, roomsAtOnce: 2 } } });
  await rig.caughtUp(...scripts);
  await waitFor('the logs to be trimmed', async () => {
    for (const script of scripts) if ((await rig.trimmedTo(script)) !== script.position) return false;
    return true;
  });
  for (const script of scripts) {
    expect((await log.read(script.ref, 0)).entries).toStrictEqual([script.entries.at(-1)!.entry]);
    await chat(script, 3);
  }
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
});

test('a log is not trimmed below where the watermark was a while ago: whoever is a little behind reads on', async () => {
  const scripts = await rooms(2, 1);
  rig.work(log, { limits: { trim: { entries: 10, afterMs: 3_600_000, roomsAtOnce: 100 } } });
  await rig.caughtUp(...scripts);
  const early = scripts.map(({ position }) => position);
  for (let n = 0; n < 12; n += 1) {
    await Promise.all(scripts.map((script) => chat(script, 1)));
    await rig.caughtUp(...scripts);
  }
  await waitFor('the logs to be trimmed', async () => {
    for (const [n, script] of scripts.entries()) if ((await rig.trimmedTo(script)) < early[n]!) return false;
    return true;
  });
  // Ten entries later at the latest, so that of twelve some are left beside the last.
  for (const script of scripts) expect((await log.read(script.ref, 0)).entries.length).toBeGreaterThan(2);
});

test('what an earlier worker left untrimmed is trimmed by the next', async () => {
  const scripts = await rooms(3, 5);
  const first = rig.work(log);
  await rig.caughtUp(...scripts);
  await first.stop();
  rig.work(log, { limits: { trim: { entries: 1_000, afterMs: 1, roomsAtOnce: 100 } } });
  await waitFor('the logs to be trimmed', async () => (await Promise.all(scripts.map((script) => rig.trimmedTo(script)))).every((position, n) => position === scripts[n]!.position));
  for (const script of scripts) expect((await log.read(script.ref, 0)).entries).toHaveLength(1);
});

test('NATS killed and back: it goes on by itself', async () => {
  const worker = rig.work(log);
  const scripts = await rooms(4, 5);
  await rig.caughtUp(...scripts);
  await server.kill();
  await waitFor('the loss to be noticed', () => worker.ready() === 'no connection to the log');
  await server.restart();
  await waitFor('the log', () => nats.connected && log.headsLive, { deadlineMs: 30_000 });
  await Promise.all(scripts.map((script) => chat(script, 5)));
  await rig.caughtUp(...scripts);
  await assertWhole(...scripts);
  expect(worker.ready()).toBe(true);
});

test('a stream created anew: rooms go on in their next epoch, and what an epoch had twice is listed', async () => {
  const [script, usurped] = await rooms(2, 3) as [RoomScript, RoomScript];
  const worker = rig.work(log);
  await rig.caughtUp(script, usurped);
  const before = log.id;
  await jetStreamCall(nats, JS_API.streamDelete(before), undefined, 5_000);
  const anew = await openLog();
  expect(anew.log.id !== before).toBe(true);
  await script.append(anew.log, script.nextEpoch(), said('on', script.owner));
  const usurper = new RoomScript({ owner: usurped.owner });
  Object.assign(usurper, { roomId: usurped.roomId });
  await usurper.append(anew.log, ...created(usurper.owner, 'usurped'));
  await chat(usurper, 2, anew.log);
  await rig.caughtUp(script);
  expect((await rig.store.seed(script.roomId))?.logId).toBe(anew.log.id);
  await waitFor('the next epoch', async () => (await rig.store.seed(usurped.roomId))?.epoch === 2);
  expect((await listLost(rig.database.db, usurped.roomId)).map(({ event }) => event)).toStrictEqual(usurper.events);
  expect((await rig.store.archive(usurped.roomId, 0, 1_000)).events.slice(0, -1)).toStrictEqual(usurped.events);
  expect(await metric(worker, 'persistence_halted_rooms')).toBe(0);
});
