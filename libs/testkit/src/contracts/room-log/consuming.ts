import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { ALL_SHARDS, type Delivery, type LogConsumer, type Undecodable } from '@parley/domain';
import { drain, EMPTY, fill, freshRef, tailOf, until } from './fixtures.ts';
import type { RoomLogCase } from './rig.ts';

let names = 0;
/** A consumer nobody has used on this rig. */
const freshName = (): string => `worker-${process.pid}-${(names += 1)}`;
const shardFor = (n: number) => ALL_SHARDS[n]!;

const entryOf = (delivery: Delivery | Undecodable): Delivery => {
  ok(delivery.entry !== null, 'the entry could be decoded');
  return delivery;
};

/** Fetches until `count` deliveries came; fails if more do. */
const collect = async (
  consumer: LogConsumer, count: number, settle: (delivery: Delivery) => Promise<void>, max = 50, rooms?: ReadonlySet<string>,
): Promise<Delivery[]> => {
  const deliveries: Delivery[] = [];
  await until(`${count} deliveries`, async () => {
    for (const delivery of await consumer.fetch(max, 200)) {
      if (rooms && !(delivery.entry && rooms.has(delivery.ref.roomId))) {
        await delivery.ack();
        continue;
      }
      const decoded = entryOf(delivery);
      deliveries.push(decoded);
      await settle(decoded);
    }
    return deliveries.length >= count;
  });
  strictEqual(deliveries.length, count);
  return deliveries;
};
const ack = (delivery: Delivery): Promise<void> => delivery.ack();
const leave = async (): Promise<void> => {};
const ofRoom = (deliveries: readonly Delivery[], roomId: string) => deliveries.filter(({ ref }) => ref.roomId === roomId).map(({ entry }) => entry);

export const CONSUMING: RoomLogCase[] = [
  {
    name: 'a consumer is delivered every entry of its shard from the oldest on, each room in order, and of no other shard',
    async run({ open }) {
      const log = await open();
      const shard = shardFor(1);
      const rooms = Array.from({ length: 5 }, () => freshRef(shard));
      const later = { ...rooms[0]!, epoch: 2 };
      const filled = await Promise.all(rooms.map((ref) => fill(log, ref, 20)));
      await fill(log, freshRef(shardFor(2)), 5);
      const laters = await fill(log, later, 2, { ...tailOf(filled[0]!.at(-1)!), position: 0 });
      const consumer = await (await open()).consumer({ name: freshName(), shard });
      const deliveries = await collect(consumer, 102, ack, 7, new Set(rooms.map(({ roomId }) => roomId)));
      ok(deliveries.every(({ attempt }) => attempt === 1));
      deepStrictEqual(ofRoom(deliveries, rooms[0]!.roomId), [...filled[0]!, ...laters]);
      for (const [n, ref] of rooms.entries()) if (n > 0) deepStrictEqual(ofRoom(deliveries, ref.roomId), filled[n]);
      deepStrictEqual(deliveries.find(({ ref }) => ref.epoch === 2)?.ref, later);
      // What other cases left in this shard may still be coming.
      for (let left = true; left;) {
        const batch = await consumer.fetch(50, 50);
        ok(!batch.some(({ entry }) => rooms.some(({ roomId }) => roomId === entry?.events[0]?.roomId)), 'what was acked does not come again');
        await Promise.all(batch.map((delivery) => delivery.ack()));
        left = batch.length > 0;
      }
    },
  },
  {
    name: 'a fetch returns early with what comes, never more than asked, and with nothing after its wait',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const shard = shardFor(3);
      const consumer = await log.consumer({ name: freshName(), shard });
      await drain(consumer);
      const began = Date.now();
      deepStrictEqual(await consumer.fetch(10, 150), []);
      ok(Date.now() - began < 5_000);
      const waiting = consumer.fetch(10, 30_000);
      const asked = Date.now();
      const ref = freshRef(shard);
      const [first] = await fill(other, ref, 1);
      const [delivery] = await waiting;
      ok(Date.now() - asked < 10_000, 'it did not wait on');
      deepStrictEqual(entryOf(delivery!).entry, first);
      await delivery!.ack();
      await fill(other, ref, 9, tailOf(first!));
      strictEqual((await consumer.fetch(4, 1_000)).length, 4);
      strictEqual((await consumer.fetch(10, 1_000)).length, 5);
    },
  },
  {
    name: 'a consumer of the same name goes on where the last one stopped, on another connection',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const shard = shardFor(4);
      const options = { name: freshName(), shard, ackWaitMs: 20_000 };
      const first = await log.consumer(options);
      await drain(first);
      const entries = await fill(log, freshRef(shard), 10);
      deepStrictEqual((await collect(first, 4, ack, 4)).map(({ entry }) => entry), entries.slice(0, 4));
      await first.close();
      await log.close();
      const second = await other.consumer(options);
      deepStrictEqual((await collect(second, 6, ack)).map(({ entry }) => entry), entries.slice(4));
    },
  },
  {
    name: 'what a crashed consumer left unsettled comes again after the ack wait, with its attempt counted, and nothing else does',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const shard = shardFor(5);
      const options = { name: freshName(), shard, ackWaitMs: 1_000 };
      const crashed = await log.consumer(options);
      await drain(crashed);
      const entries = await fill(log, freshRef(shard), 6);
      const taken = await collect(crashed, 4, leave, 4);
      await taken[1]!.ack();
      await log.close();
      const next = await other.consumer(options);
      const again = await collect(next, 5, ack);
      deepStrictEqual(again.filter(({ attempt }) => attempt === 1).map(({ entry }) => entry), entries.slice(4), 'first deliveries go on in order');
      const redelivered = again.filter(({ attempt }) => attempt > 1);
      deepStrictEqual(redelivered.map(({ entry }) => entry.position).sort((a, b) => a - b), [0, 2, 3].map((n) => entries[n]!.position));
      ok(redelivered.every(({ attempt }) => attempt === 2));
      deepStrictEqual(await next.fetch(10, 1_500), []);
    },
  },
  {
    name: 'a delivery that is to be retried comes again after its delay, until it is acked',
    async run({ open }) {
      const log = await open();
      const shard = shardFor(6);
      const consumer = await log.consumer({ name: freshName(), shard });
      await drain(consumer);
      const [entry] = await fill(log, freshRef(shard), 1);
      for (const attempt of [1, 2, 3]) {
        const [delivery] = await collect(consumer, 1, leave);
        strictEqual(delivery!.attempt, attempt);
        deepStrictEqual(delivery!.entry, entry);
        if (attempt === 3) await delivery!.ack();
        else await delivery!.retry(100);
      }
      deepStrictEqual(await consumer.fetch(10, 300), []);
    },
  },
  {
    name: 'names are consumers apart, and processes of one name share its deliveries',
    async run({ open }) {
      const logs = [await open(), await open()];
      const shard = shardFor(7);
      const name = freshName();
      const pair = await Promise.all(logs.map((log) => log.consumer({ name, shard })));
      const alone = await logs[0]!.consumer({ name: freshName(), shard });
      for (const consumer of [pair[0]!, alone]) await drain(consumer);
      const entries = await fill(logs[0]!, freshRef(shard), 30);
      const shared: Delivery[] = [];
      await until('30 shared deliveries', async () => {
        for (const batch of await Promise.all(pair.map((consumer) => consumer.fetch(5, 100)))) {
          shared.push(...batch.map(entryOf));
          await Promise.all(batch.map((delivery) => delivery.ack()));
        }
        return shared.length >= 30;
      });
      deepStrictEqual(shared.map(({ entry }) => entry.position).sort((a, b) => a - b), entries.map(({ position }) => position));
      deepStrictEqual((await collect(alone, 30, ack)).map(({ entry }) => entry), entries);
    },
  },
  {
    name: 'no more than the bound is delivered and unsettled at once',
    async run({ open }) {
      const log = await open();
      const shard = shardFor(8);
      const consumer = await log.consumer({ name: freshName(), shard, maxUnsettled: 5 });
      await drain(consumer);
      await fill(log, freshRef(shard), 12);
      const held = await collect(consumer, 5, leave);
      deepStrictEqual(await consumer.fetch(10, 200), []);
      await Promise.all(held.map(ack));
      strictEqual((await collect(consumer, 5, leave)).length, 5);
    },
  },
  {
    name: 'what was purged before it was delivered is not delivered, and the rest is',
    async run({ open }) {
      const log = await open();
      const shard = shardFor(9);
      const ref = freshRef(shard);
      const consumer = await log.consumer({ name: freshName(), shard });
      await drain(consumer);
      const entries = await fill(log, ref, 10);
      await log.purge(ref, entries[7]!.position);
      const kept = (await log.read(ref, 0)).entries;
      deepStrictEqual((await collect(consumer, kept.length, ack)).map(({ entry }) => entry), kept);
    },
  },
  {
    name: 'an entry that cannot be decoded is delivered as such and can be acked away',
    needs: 'corrupt',
    async run({ open, rig }) {
      const log = await open();
      const shard = shardFor(10);
      const ref = freshRef(shard);
      const consumer = await log.consumer({ name: freshName(), shard, ackWaitMs: 1_000 });
      await drain(consumer);
      await fill(log, ref, 1);
      await rig.corrupt!(ref);
      const after = freshRef(shard);
      await fill(log, after, 1, EMPTY);
      const seen: string[] = [];
      await until('three deliveries', async () => {
        for (const delivery of await consumer.fetch(10, 200)) {
          seen.push(delivery.entry ? delivery.ref.roomId : 'undecodable');
          if (!delivery.entry) {
            ok(delivery.raw.length > 0 && delivery.reason.length > 0 && delivery.position > 0 && delivery.attempt === 1);
          }
          await delivery.ack();
        }
        return seen.length >= 3;
      });
      deepStrictEqual(seen, [ref.roomId, 'undecodable', after.roomId]);
      deepStrictEqual(await consumer.fetch(10, 1_500), []);
    },
  },
];
