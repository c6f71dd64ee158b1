import { describe, expect, test } from 'vitest';
import type { RoomLog, RoomRef } from '@parley/domain';
import { MemoryLogStore, type MemoryLogOptions } from '../memory-room-log.ts';
import { ROOM_LOG_CASES, roomLogContract, runCase, type RoomLogRig } from './room-log.ts';

const options: MemoryLogOptions = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

const memoryRig = (store: MemoryLogStore): RoomLogRig => ({
  open: async () => store.open(),
  kill: async () => store.kill(),
  restart: async () => store.restart(),
  corrupt: async (ref: RoomRef) => store.corrupt(ref),
  stop: async () => {},
});

roomLogContract('in memory', {
  start: async () => memoryRig(new MemoryLogStore(options)),
  startSmall: async (maxBytes) => memoryRig(new MemoryLogStore({ ...options, maxBytes })),
  tooLargeBytes: 2 * 1024 * 1024,
});

type Breakage = (log: RoomLog, store: MemoryLogStore) => Partial<RoomLog>;

/** `log` with some of its methods replaced. */
const broken = (store: MemoryLogStore, breakage: Breakage): RoomLog => {
  const log = store.open();
  const changed = breakage(log, store) as Record<PropertyKey, unknown>;
  return new Proxy(log, {
    get(target, key) {
      if (key in changed) return changed[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: never) => unknown).bind(target) : value;
    },
  });
};

/** What a log could get wrong, and the case that says so. */
const BREAKAGES: [what: string, breakage: Breakage, kase: string][] = [
  ['compares nothing', (_, store) => ({
    append: async (ref, { events, prevId }) => store.put(ref, JSON.stringify({ events, prevId })),
  }), 'of nine connections that append with one expectation one wins, in each of a hundred rounds'],
  ['compares first and stores later', (log) => ({
    append: async (ref, entry, expected) => {
      const at = (await log.read(ref, 0, 10_000)).entries.at(-1)?.position ?? 0;
      await new Promise((resolve) => setImmediate(resolve));
      return log.append(ref, entry, at === expected ? ((await log.read(ref, 0, 10_000)).entries.at(-1)?.position ?? 0) : -1);
    },
  }), 'eight writers on connections of their own make one dense log that has everything acked once'],
  ['answers a repeated append as if it were stored again', (log) => ({
    append: (ref, entry, expected) => log.append(ref, entry, expected).catch(async () => expected + 1),
  }), 'the very same append again is a conflict in every position and never a second entry'],
  ['tries again by itself', (log) => ({
    append: (ref, entry, expected) =>
      log.append(ref, entry, expected).catch(async () => log.append(ref, entry, (await log.read(ref, 0, 10_000)).entries.at(-1)?.position ?? 0)),
  }), 'an append whose expectation is not the last entry is a conflict and stores nothing'],
  ['reads exclusively', (log) => ({
    read: (ref, from, limit) => log.read(ref, from === 0 ? 0 : from + 1, limit),
  }), 'a read is inclusive: it begins with the very entry asked for'],
  ['says the end at every page', (log) => ({
    read: async (ref, from, limit) => ({ ...(await log.read(ref, from, limit)), atEnd: true }),
  }), 'pages of every size join up to the whole log, and only the last says that it is'],
  ['reads from a copy that lags by an entry', (log) => ({
    read: async (ref, from, limit) => {
      const { entries, atEnd } = await log.read(ref, from, limit);
      return { entries: entries.slice(0, -1), atEnd };
    },
  }), 'an append that was answered is seen by every read that begins later, on any connection'],
  ['skips what it cannot decode', (log, store) => ({
    read: async (ref, from, limit) => {
      const bad = store.all.findLast(({ raw, ref: { roomId } }) => roomId === ref.roomId && raw === 'not an entry');
      return log.read(ref, from, bad && limit === undefined ? 2 : limit);
    },
  }), 'an entry that cannot be decoded is a typed error, not skipped'],
  ['empties a log that is purged', (_, store) => ({
    purge: async (ref, below) => {
      const room = store.rooms.get(`${ref.roomId}/${ref.epoch}`) ?? [];
      store.remove(new Set(room.splice(0, room.filter(({ position }) => position <= below).length)));
      return below;
    },
  }), 'the last entry stays, whatever is asked, so that a log never looks as if it never was'],
  ['purges other epochs too', (log) => ({
    purge: async (ref, below) => {
      await log.purge(ref, below);
      const other = { ...ref, epoch: ref.epoch + 1 };
      return log.purge(other, (await log.read(other, 0)).entries.at(-1)?.position ?? 0);
    },
  }), 'a purge lets go of what is strictly below and of no other room or epoch'],
  ['tells heads twice', (log) => ({
    watchHeads: async (roomId, listener) => {
      const ends = [await log.watchHeads(roomId, listener), await log.watchHeads(roomId, listener)];
      return () => ends.forEach((end) => end());
    },
  }), 'each entry stored after the watch began is told once and in order, of every epoch, and nothing of before or of other rooms'],
  ['settles what it delivers', (log) => ({
    consumer: async (options) => {
      const consumer = await log.consumer(options);
      return {
        close: () => consumer.close(),
        fetch: async (max, waitMs) => {
          const deliveries = await consumer.fetch(max, waitMs);
          await Promise.all(deliveries.map((delivery) => delivery.ack()));
          return deliveries;
        },
      };
    },
  }), 'no more than the bound is delivered and unsettled at once'],
  ['delivers a room out of order', (log) => ({
    consumer: async (options) => {
      const consumer = await log.consumer(options);
      return { close: () => consumer.close(), fetch: async (max, waitMs) => (await consumer.fetch(max, waitMs)).toReversed() };
    },
  }), 'a consumer is delivered every entry of its shard from the oldest on, each room in order, and of no other shard'],
  ['forgets where a consumer stopped', (log) => ({
    consumer: (options) => log.consumer({ ...options, name: `${options.name}-${Math.random()}` }),
  }), 'a consumer of the same name goes on where the last one stopped, on another connection'],
];

describe('the contract of the room log catches a log that', () => {
  const harness = { start: async () => memoryRig(new MemoryLogStore(options)) };
  test.each(BREAKAGES)('%s', { timeout: 60_000 }, async (_, breakage, name) => {
    const kase = ROOM_LOG_CASES.find((each) => each.name === name);
    if (!kase) throw new Error(`no case is called: ${name}`);
    const store = new MemoryLogStore(options);
    await expect(runCase(kase, { ...memoryRig(store), open: async () => broken(store, breakage) }, harness)).rejects.toMatchObject({ name: 'AssertionError' });
  });

  test('loses what it had acked when its server is killed', { timeout: 60_000 }, async () => {
    const kase = ROOM_LOG_CASES.find((each) => each.name.startsWith('the server killed -9'))!;
    const store = new MemoryLogStore(options);
    const loseOne = async (): Promise<void> => {
      const room = store.rooms.values().next().value!;
      store.remove(new Set(room.splice(-1)));
      store.restart();
    };
    await expect(runCase(kase, { ...memoryRig(store), restart: loseOne }, harness)).rejects.toMatchObject({ name: 'AssertionError' });
  });
});
