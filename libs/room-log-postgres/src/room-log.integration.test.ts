import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { sql } from 'kysely';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newCmid, newUserId, realChance, roomIdOf, RoomLogError, shardOf, type Delivery, type Head, type NewEntry, type Position, type RoomLog, type RoomRef } from '@parley/domain';
import { claimLogHome, LogHomeBusy, LogHomeMoved, migrate, openDatabase, type DatabaseHandle } from '@parley/postgres';
import type { EventId, RoomEvent } from '@parley/protocol';
import { afterTests, freshDatabase, waitFor, withPostgres } from '@parley/testkit';
import { PostgresDeadLetters, PostgresRoomLog, type PostgresRoomLogOptions } from './index.ts';

const cleanup = afterTests();

let server: Awaited<ReturnType<typeof withPostgres>>;
beforeAll(async () => { server = await withPostgres({ cleanup }); });

const newDatabase = async (): Promise<{ url: string; database: DatabaseHandle }> => {
  const url = await freshDatabase(server);
  const database = openDatabase({ url });
  onTestFinished(() => database.close());
  await migrate(database);
  return { url, database };
};
const openLog = async (options: PostgresRoomLogOptions): Promise<PostgresRoomLog> => {
  const log = await PostgresRoomLog.open(options);
  onTestFinished(() => log.close());
  return log;
};

const newRef = (): RoomRef => ({ roomId: roomIdOf(newUserId(), newCmid()), epoch: 1 });
const entry = (ref: RoomRef, seq: number, body = 'hello', prevId: EventId | null = null): NewEntry => ({
  events: [{ roomId: ref.roomId, epoch: ref.epoch, seq, id: realChance.eventId(), type: 'message.created', by: newUserId(), at: 1, data: { name: 'Ada', body }, cmid: newCmid() } satisfies RoomEvent],
  prevId,
});
const outcome = (promise: Promise<Position>): Promise<string | number> =>
  promise.catch((error: unknown) => { if (error instanceof RoomLogError) return error.code; throw error; });
const seqs = async (log: RoomLog, ref: RoomRef): Promise<number[]> => (await log.read(ref, 0)).entries.map(({ position }) => position);

/** Holds the row that decides on `ref` until it is let go. */
const lockHead = async (database: DatabaseHandle, ref: RoomRef): Promise<() => Promise<void>> => {
  const client = database.client({ statement_timeout: 0, answerTimeoutMs: 0 });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  await client.query('select 1 from log_heads where room_id = $1 for update', [ref.roomId]);
  return async () => { await client.query('rollback'); };
};
const waitsForLock = async (database: DatabaseHandle): Promise<boolean> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%with input as%'`.execute(database.db);
  return rows[0]!.n > 0;
};

/** A way to the server that can be cut on this side only: the server keeps its end, and sees nothing. */
const cuttableWay = async (url: string) => {
  const target = new URL(url);
  const port = Number(target.port);
  const near = new Set<Socket>();
  let passable = true;
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    if (!passable) return socket.destroy();
    near.add(socket);
    const far = createConnection(port, target.hostname);
    far.on('error', () => socket.destroy());
    far.on('data', (chunk: Buffer) => { if (!socket.destroyed) socket.write(chunk); });
    far.on('end', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => far.write(chunk));
    onTestFinished(() => { far.destroy(); });
    return undefined;
  });
  await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => { listener.close(); });
  target.port = String((listener.address() as AddressInfo).port);
  return {
    url: target.href,
    cut: () => { passable = false; for (const socket of near) socket.destroy(); near.clear(); },
    mend: () => { passable = true; },
  };
};

describe('whose database it is', () => {
  test('a second standalone is refused while the first runs, and follows it once it is gone', async () => {
    const { database } = await newDatabase();
    const first = await PostgresRoomLog.open({ database });
    await expect(PostgresRoomLog.open({ database, waitForHomeMs: 100 })).rejects.toBeInstanceOf(LogHomeBusy);
    const waiting = openLog({ database, waitForHomeMs: 10_000 });
    await first.close();
    const second = await waiting;
    expect(second.id).toBe(first.id);
    expect(second.id).toMatch(/^postgres:[0-9A-Z]{26}$/);
  });

  test('a standalone is refused where a cluster has taken over, and a cluster while a standalone runs', async () => {
    const { database } = await newDatabase();
    const log = await PostgresRoomLog.open({ database });
    await expect(claimLogHome(database, 'parley-log-1', { waitMs: 0 })).rejects.toBeInstanceOf(LogHomeBusy);
    await log.close();
    await claimLogHome(database, 'parley-log-1');
    await expect(PostgresRoomLog.open({ database })).rejects.toBeInstanceOf(LogHomeMoved);
  });

  test('a standalone whose session broke does not append any more once a cluster has taken over', async () => {
    const { url, database } = await newDatabase();
    const way = await cuttableWay(url);
    const mine = openDatabase({ url: way.url, connectTimeoutMs: 2_000 });
    onTestFinished(() => mine.close());
    const log = await openLog({ database: mine });
    const ref = newRef();
    await log.append(ref, entry(ref, 1), 0);
    way.cut();
    await waitFor('the loss is noticed', () => !log.headsLive);
    // Until the server notices that the other side is gone, it keeps the lock: ended here as its own keepalive would.
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
    await claimLogHome(database, 'parley-log-1');
    way.mend();
    for (let n = 0; n < 20; n += 1) expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe('unavailable');
    expect(log.headsLive).toBe(false);
    expect(await seqs(log, ref)).toEqual([1]);
  });
});

describe('what an append comes to', () => {
  test('an append that could not have its row in time is certainly not stored', async () => {
    const { database } = await newDatabase();
    const log = await openLog({ database, appendTimeoutMs: 400 });
    const ref = newRef();
    await log.append(ref, entry(ref, 1), 0);
    const release = await lockHead(database, ref);
    expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe('unavailable');
    await release();
    expect(await seqs(log, ref)).toEqual([1]);
    expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe(2);
  });

  test('a session ended in mid-append leaves the outcome unknown', async () => {
    const { database } = await newDatabase();
    const log = await openLog({ database });
    const ref = newRef();
    await log.append(ref, entry(ref, 1), 0);
    const release = await lockHead(database, ref);
    const appended = outcome(log.append(ref, entry(ref, 2), 1));
    await waitFor('the append waits in the server', () => waitsForLock(database));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(database.db);
    expect(await appended).toBe('unknown_outcome');
    await release();
    await waitFor('it is back', () => log.headsLive);
    expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe(2);
  });

  test('an append still waiting in a server we lost sight of can no longer be stored once appends go on', async () => {
    const { url, database } = await newDatabase();
    const way = await cuttableWay(url);
    const mine = openDatabase({ url: way.url, connectTimeoutMs: 2_000 });
    onTestFinished(() => mine.close());
    const log = await openLog({ database: mine, appendTimeoutMs: 60_000 });
    const ref = newRef();
    await log.append(ref, entry(ref, 1), 0);
    const release = await lockHead(database, ref);
    const appended = outcome(log.append(ref, entry(ref, 2, 'the lost one'), 1));
    await waitFor('the append waits in the server', () => waitsForLock(database));
    way.cut();
    expect(await appended).toBe('unknown_outcome');
    expect(await waitsForLock(database)).toBe(true);
    way.mend();
    await waitFor('it is back', () => log.headsLive);
    expect(await waitsForLock(database)).toBe(false);
    await release();
    expect(await seqs(log, ref)).toEqual([1]);
    expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe(2);
  });

  test('an append that is stored after we lost sight of the server is there once appends go on', async () => {
    const { url, database } = await newDatabase();
    const way = await cuttableWay(url);
    const mine = openDatabase({ url: way.url, connectTimeoutMs: 2_000 });
    onTestFinished(() => mine.close());
    const log = await openLog({ database: mine, appendTimeoutMs: 60_000 });
    const ref = newRef();
    await log.append(ref, entry(ref, 1), 0);
    const release = await lockHead(database, ref);
    const appended = outcome(log.append(ref, entry(ref, 2, 'the late one'), 1));
    await waitFor('the append waits in the server', () => waitsForLock(database));
    way.cut();
    expect(await appended).toBe('unknown_outcome');
    await release();
    await waitFor('the server has stored it', async () => !(await waitsForLock(database)));
    way.mend();
    await waitFor('it is back', () => log.headsLive);
    expect(await seqs(log, ref)).toEqual([1, 2]);
    expect(await outcome(log.append(ref, entry(ref, 2), 1))).toBe('conflict');
  });

  test('one entry that cannot be stored does not take those beside it along', async () => {
    const { database } = await newDatabase();
    const log = await openLog({ database });
    const refs = Array.from({ length: 5 }, newRef);
    const bad = refs[2]!;
    await database.db.insertInto('log_entries').values({
      room_id: bad.roomId, epoch: 1, first_seq: 1, last_seq: 1, log_id: log.id, position: 1, prev_id: null, events: '[]',
    }).execute();
    expect(await Promise.all(refs.map((ref) => outcome(log.append(ref, entry(ref, 1), 0))))).toEqual([1, 1, 'conflict', 1, 1]);
  });

  test('logs that append to the same rooms in opposite orders never wait for each other in a circle', async () => {
    const { database } = await newDatabase();
    const logs = await Promise.all([0, 1, 2, 3].map(() => openLog({ database, mode: 'shared' })));
    for (let round = 0; round < 25; round += 1) {
      const old = Array.from({ length: 6 }, newRef);
      await Promise.all(old.map((ref) => logs[0]!.append(ref, entry(ref, 1), 0)));
      const fresh = Array.from({ length: 6 }, newRef);
      const outcomes = await Promise.all(logs.flatMap((log, n) => {
        const order = [...old.map((ref) => ({ ref, seq: 2 })), ...fresh.map((ref) => ({ ref, seq: 1 }))];
        if (n % 2) order.reverse();
        return order.map(({ ref, seq }) => outcome(log.append(ref, entry(ref, seq), seq - 1)));
      }));
      expect(outcomes.filter((each) => each === 1).length).toBe(6);
      expect(outcomes.filter((each) => each === 2).length).toBe(6);
      expect(outcomes.filter((each) => each === 'conflict').length).toBe(36);
    }
    const { rows } = await sql<{ deadlocks: number }>`select deadlocks from pg_stat_database where datname = current_database()`.execute(database.db);
    expect(rows[0]!.deadlocks).toBe(0);
  });
});

describe('within the one process of a standalone', () => {
  test('heads of appends made at once are told in the order of each room', async () => {
    const { database } = await newDatabase();
    const log = await openLog({ database });
    const refs = Array.from({ length: 20 }, newRef);
    const heads = new Map<string, Head[]>(refs.map(({ roomId }) => [roomId, []]));
    for (const { roomId } of refs) await log.watchHeads(roomId, (head) => heads.get(roomId)!.push(head));
    await Promise.all(refs.map(async (ref) => {
      for (let seq = 1; seq <= 20; seq += 1) await log.append(ref, entry(ref, seq), seq - 1);
    }));
    for (const ref of refs) {
      expect(heads.get(ref.roomId)).toEqual(Array.from({ length: 20 }, (_, n) => ({ ...ref, firstSeq: n + 1, seq: n + 1, position: n + 1 })));
    }
  });

  test('a listener that throws harms neither the append nor the other listeners', async () => {
    const { database } = await newDatabase();
    const errors: unknown[] = [];
    const log = await openLog({ database, onError: (error) => errors.push(error) });
    const ref = newRef();
    const told: number[] = [];
    await log.watchHeads(ref.roomId, () => { throw new Error('of the listener'); });
    await log.watchHeads(ref.roomId, ({ seq }) => told.push(seq));
    expect(await log.append(ref, entry(ref, 1), 0)).toBe(1);
    await waitFor('the head', () => told.length === 1);
    expect(errors).toHaveLength(1);
  });

  test('a consumer far behind in many rooms is brought all of it, each room in order, and leaves nothing in memory to find again', async () => {
    const { database } = await newDatabase();
    const log = await openLog({ database });
    const refs = Array.from({ length: 300 }, newRef);
    await Promise.all(refs.map(async (ref) => {
      for (let seq = 1; seq <= 5; seq += 1) await log.append(ref, entry(ref, seq), seq - 1);
    }));
    const shard = shardOf(refs[0]!.roomId);
    const own = refs.filter(({ roomId }) => shardOf(roomId) === shard);
    const consumer = await log.consumer({ name: 'late', shard });
    const seen = new Map<string, number[]>();
    const drain = async (count: number) => {
      for (let n = 0; n < count;) {
        const batch = (await consumer.fetch(7, 2_000)) as Delivery[];
        expect(batch.length).toBeGreaterThan(0);
        n += batch.length;
        for (const { ref, entry: { position } } of batch) seen.set(ref.roomId, [...(seen.get(ref.roomId) ?? []), position]);
        await Promise.all(batch.map((delivery) => delivery.ack()));
      }
    };
    await drain(own.length * 5);
    await Promise.all(own.map((ref) => log.append(ref, entry(ref, 6), 5)));
    await drain(own.length);
    for (const { roomId } of own) expect(seen.get(roomId)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await consumer.fetch(10, 50)).toEqual([]);
    const behind = await database.db.selectFrom('log_cursors').selectAll().where('position', '<', 6).execute();
    expect(behind).toEqual([]);
    await consumer.close();
  });

  test('an attempt that ended the process is counted', async () => {
    const { database } = await newDatabase();
    const ref = newRef();
    const options = { name: 'poisoned', shard: shardOf(ref.roomId) };
    for (const attempt of [1, 2, 3]) {
      const log = await PostgresRoomLog.open({ database });
      if (attempt === 1) await log.append(ref, entry(ref, 1), 0);
      const deliveries = await (await log.consumer(options)).fetch(10, 2_000);
      expect(deliveries.map((delivery) => delivery.attempt)).toEqual([attempt]);
      // The session breaks as it does when the process is killed; nothing is written on the way out.
      await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`.execute(database.db);
      await log.close();
    }
  });
});

const letter = (id: string, at: number) => ({ id, consumer: 'ingest', source: 'room/1', reason: 'no', payload: '{"body":"a\0b"}', at });

test('a dead letter is kept once, oldest first, until it is removed', async () => {
  const { database } = await newDatabase();
  const letters = new PostgresDeadLetters(database);
  await letters.put(letter('b', 2));
  await letters.put(letter('a', 1));
  await letters.put({ ...letter('b', 3), reason: 'again' });
  expect(await letters.list(10)).toEqual([letter('a', 1), letter('b', 2)].map((each) => ({ ...each, payload: '{"body":"a\u2400b"}' })));
  expect(await letters.list(1)).toHaveLength(1);
  await letters.remove('a');
  await letters.remove('a');
  expect((await letters.list(10)).map(({ id }) => id)).toEqual(['b']);
});
