import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import type { Head, LogEntry, RoomRef } from '@parley/domain';
import { EMPTY, entryAfter, fill, freshRef, tailOf, until, whenBack } from './fixtures.ts';
import type { RoomLogCase } from './rig.ts';

export const headOf = (ref: RoomRef, entry: LogEntry): Head => ({
  ...ref, firstSeq: entry.events[0]!.seq, seq: entry.events.at(-1)!.seq, position: entry.position,
});

export const HEADS: RoomLogCase[] = [
  {
    name: 'each entry stored after the watch began is told once and in order, of every epoch, and nothing of before or of other rooms',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const ref = freshRef();
      const before = await fill(log, ref, 3);
      const heads: Head[] = [];
      await other.watchHeads(ref.roomId, (head) => heads.push(head));
      strictEqual(other.headsLive, true);
      const after = await fill(log, ref, 20, tailOf(before[2]!));
      await fill(log, freshRef(), 3);
      const batch = entryAfter(ref, 23, tailOf(after[19]!).lastId, 4);
      const stored = { ...batch, position: await log.append(ref, batch, after[19]!.position) };
      const later = { ...ref, epoch: 2 };
      const opened = await fill(log, later, 1, { ...tailOf(stored), position: 0 });
      const expected = [...after.map((entry) => headOf(ref, entry)), headOf(ref, stored), headOf(later, opened[0]!)];
      await until('all heads', () => heads.length >= expected.length);
      deepStrictEqual(heads, expected);
      // A further head proves that nothing was still on its way.
      await fill(log, later, 1, tailOf(opened[0]!));
      await until('one head more', () => heads.length > expected.length);
      strictEqual(heads.length, expected.length + 1);
    },
  },
  {
    name: 'an append right after the watch began is told, in each of fifty rounds',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      for (let round = 0; round < 50; round += 1) {
        const ref = freshRef();
        const told = Promise.withResolvers<Head>();
        const unwatch = await other.watchHeads(ref.roomId, told.resolve);
        const [entry] = await fill(log, ref, 1);
        await until('the head', async () => (await Promise.race([told.promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 5, false))])));
        deepStrictEqual(await told.promise, headOf(ref, entry!));
        unwatch();
      }
    },
  },
  {
    name: 'several watch one room, and one that ended its watch is told nothing more',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const told: Record<'a' | 'b', number[]> = { a: [], b: [] };
      const endA = await log.watchHeads(ref.roomId, (head) => told.a.push(head.seq));
      const endB = await log.watchHeads(ref.roomId, (head) => told.b.push(head.seq));
      const first = await fill(log, ref, 2);
      await until('both are told', () => told.a.length === 2 && told.b.length === 2);
      endA();
      const more = await fill(log, ref, 2, tailOf(first[1]!));
      await until('one is told', () => told.b.length === 4);
      endB();
      endB();
      const endAgain = await log.watchHeads(ref.roomId, (head) => told.a.push(head.seq));
      await fill(log, ref, 1, tailOf(more[1]!));
      await until('told again', () => told.a.length === 3);
      deepStrictEqual(told, { a: [1, 2, 5], b: [1, 2, 3, 4] });
      endAgain();
    },
  },
  {
    name: 'heads are told to be dead while the server is, live again once they are, and are then told again',
    needs: 'away',
    timeoutMs: 120_000,
    async run({ open, rig }) {
      const log = await open();
      const ref = freshRef();
      const heads: Head[] = [];
      const changes: boolean[] = [];
      await log.watchHeads(ref.roomId, (head) => heads.push(head));
      const stop = log.onHeadsLive((live) => changes.push(live));
      const before = await fill(log, ref, 2);
      await until('heads', () => heads.length === 2);
      await rig.kill!();
      await until('heads are known to be dead', () => !log.headsLive);
      await rig.restart!();
      await until('heads are live again', () => log.headsLive && changes.at(-1) === true, 30_000);
      deepStrictEqual([changes[0], changes.at(-1)], [false, true]);
      for (const [n, change] of changes.entries()) strictEqual(change, n % 2 === 1, 'it is told at each change');
      const seen = heads.length;
      const tail = await whenBack('reading', async () => {
        const { entries } = await log.read(ref, before[1]!.position);
        return entries.length === 0 ? EMPTY : tailOf(entries.at(-1)!);
      });
      ok(tail.seq === 2);
      const after = await fill(log, ref, 3, tail);
      await until('heads are told again', () => heads.length >= seen + 3);
      deepStrictEqual(heads.slice(-3), after.map((entry) => headOf(ref, entry)));
      stop();
    },
  },
];
