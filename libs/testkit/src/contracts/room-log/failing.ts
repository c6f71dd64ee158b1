import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { shardOf, type LogEntry, type RoomLogErrorCode } from '@parley/domain';
import { assertExactlyOnce, assertWhole, codeOf, drain, EMPTY, entryAfter, expectCode, fill, freshRef, readAll, tailOf, until, whenBack, Writer } from './fixtures.ts';
import type { RoomLogCase, RoomLogRig } from './rig.ts';

/** `between`: what is waited for while the server is away, where its death and its return can be told apart. */
const crash = async (rig: RoomLogRig, between: () => Promise<void> = async () => {}): Promise<void> => {
  if (rig.killAndRestart) return rig.killAndRestart();
  await rig.kill!();
  await between();
  await rig.restart!();
};

export const FAILING: RoomLogCase[] = [
  {
    name: 'an entry over the limit is too_large and stores nothing',
    needs: 'tooLarge',
    async run({ open, harness }) {
      const log = await open();
      const ref = freshRef();
      const [first] = await fill(log, ref, 1);
      const tail = tailOf(first!);
      await expectCode('too_large', log.append(ref, entryAfter(ref, tail.seq, tail.lastId, 1, 'x'.repeat(harness.tooLargeBytes!)), tail.position));
      deepStrictEqual(await readAll(log, ref), [first]);
      await fill(log, ref, 1, tail);
    },
  },
  {
    name: 'a full log refuses with full, stores nothing, and takes entries again once it was trimmed',
    needs: 'small',
    async run({ harness }) {
      const rig = await harness.startSmall!(512 * 1024);
      const log = await rig.open();
      try {
        const ref = freshRef();
        const body = 'x'.repeat(50_000);
        let tail = EMPTY;
        let code: RoomLogErrorCode | 'none' = 'none';
        const entries: LogEntry[] = [];
        while (entries.length < 20) {
          const entry = entryAfter(ref, tail.seq, tail.lastId, 1, body);
          let position = 0;
          code = await codeOf(log.append(ref, entry, tail.position).then((at) => (position = at)));
          if (code !== 'none') break;
          entries.push({ ...entry, position });
          tail = tailOf({ ...entry, position });
        }
        strictEqual(code, 'full');
        ok(entries.length > 2);
        await expectCode('full', log.append(freshRef(), entryAfter(freshRef(), 0, null, 1, body), 0));
        deepStrictEqual(await readAll(log, ref), entries);
        await expectCode('conflict', log.append(ref, entryAfter(ref, 0, null), 0), 'reading and comparing go on');
        await log.purge(ref, tail.position);
        await fill(log, ref, 2, tail, body);
      } finally {
        await log.close();
        await rig.stop();
      }
    },
  },
  {
    name: 'while the server is away everything is refused within its timeout, and it comes back by itself',
    needs: 'away',
    timeoutMs: 120_000,
    async run({ open, rig }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 3);
      const consumer = await log.consumer({ name: 'away', shard: shardOf(ref.roomId) });
      const { id } = log;
      await rig.kill!();
      const tail = tailOf(entries[2]!);
      const next = entryAfter(ref, tail.seq, tail.lastId);
      // Until the loss is noticed an append may have left.
      const first = await codeOf(log.append(ref, next, tail.position));
      ok(first === 'unavailable' || first === 'unknown_outcome', `the first append: ${first}`);
      await until('appends are known not to leave', async () => (await codeOf(log.append(ref, next, tail.position))) === 'unavailable');
      await expectCode('unavailable', log.read(ref, 0));
      await expectCode('unavailable', log.purge(ref, tail.position));
      await expectCode('unavailable', consumer.fetch(1, 100));
      await expectCode('unavailable', log.consumer({ name: 'away-too', shard: shardOf(ref.roomId) }));
      await expectCode('unavailable', log.watchHeads(ref.roomId, () => {}));
      await rig.restart!();
      const read = await whenBack('reading', () => log.read(ref, 0));
      deepStrictEqual(read.entries.slice(0, 3), entries);
      strictEqual(log.id, id, 'it is the same log');
      await whenBack('appending', async () => {
        const last = tailOf((await log.read(ref, tail.position)).entries.at(-1)!);
        return log.append(ref, entryAfter(ref, last.seq, last.lastId), last.position);
      });
      await whenBack('fetching', () => consumer.fetch(1, 10));
      await (await open()).read(ref, 0);
    },
  },
  {
    name: 'the server killed -9 in mid-append: nothing acked is missing, nothing is doubled, three times over',
    needs: 'kill',
    timeoutMs: 180_000,
    async run({ open, rig }) {
      for (let round = 0; round < 3; round += 1) {
        const refs = [freshRef(), freshRef()];
        const writers = await Promise.all(Array.from({ length: 6 }, async (_, n) => new Writer(`r${round}w${n}`, await open(), refs[n % 2]!)));
        const goOn = { writing: true };
        const done = Promise.all(writers.map(async (writer) => {
          do await writer.write(); while (goOn.writing);
        }));
        const acked = (): number => writers.reduce((sum, writer) => sum + writer.acked.length, 0);
        await until('writing is under way', () => acked() > 100);
        const failed = (): number => writers.reduce((sum, { outcomes }) => sum + outcomes.unknown_outcome + outcomes.unavailable, 0);
        await crash(rig, () => until('appends fail', () => failed() > 0));
        const atCrash = acked();
        await until('writing goes on', () => acked() > atCrash + 50, 60_000);
        goOn.writing = false;
        await done;
        const log = await open();
        for (const [n, ref] of refs.entries()) {
          const entries = await readAll(log, ref);
          assertWhole(entries);
          const own = writers.filter((_, index) => index % 2 === n);
          assertExactlyOnce(entries, own);
          strictEqual(entries.length, own.reduce((sum, writer) => sum + writer.acked.length, 0), 'and nothing beside');
        }
        ok(failed() > 0, 'the crash hit appends');
      }
    },
  },
  {
    name: 'a durable consumer resumes after the server was killed -9, with first deliveries in order',
    needs: 'kill',
    timeoutMs: 120_000,
    async run({ open, rig }) {
      const log = await open();
      const ref = freshRef();
      const shard = shardOf(ref.roomId);
      const consumer = await log.consumer({ name: `crash-${process.pid}`, shard, ackWaitMs: 2_000 });
      await drain(consumer);
      const entries = await fill(log, ref, 40);
      const firsts: number[] = [];
      const take = async (max: number, settle: boolean): Promise<void> => {
        for (const delivery of await whenBack('fetching', () => consumer.fetch(max, 200))) {
          ok(delivery.entry);
          if (delivery.attempt === 1) firsts.push(delivery.entry.position);
          if (settle) await delivery.ack();
        }
      };
      await take(10, true);
      await take(10, false);
      await crash(rig);
      await until('all was delivered', async () => {
        await take(10, true);
        return new Set(firsts).size === 40;
      }, 60_000);
      // A server that lost its last notes may deliver as new what it had delivered already; never out of order.
      deepStrictEqual([...new Set(firsts)], entries.map(({ position }) => position));
    },
  },
];
