import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { assertWhole, breathe, EMPTY, entryAfter, expectCode, fill, freshRef, readAll, tailOf } from './fixtures.ts';
import type { RoomLogCase } from './rig.ts';

export const READING: RoomLogCase[] = [
  {
    name: 'a room that was never written to reads as nothing',
    async run({ open }) {
      const log = await open();
      deepStrictEqual(await log.read(freshRef(), 0), { entries: [], atEnd: true });
      deepStrictEqual(await log.read(freshRef(), 17), { entries: [], atEnd: true });
    },
  },
  {
    name: 'a read is inclusive: it begins with the very entry asked for',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 6);
      for (const [n, { position }] of entries.entries()) deepStrictEqual(await log.read(ref, position), { entries: entries.slice(n), atEnd: true });
    },
  },
  {
    name: 'a read from after the last entry finds nothing, and from between two entries the later one',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 1);
      // Entries of another room let positions of a shared sequence pass by.
      await fill(log, freshRef(), 3);
      entries.push(...(await fill(log, ref, 1, tailOf(entries[0]!))));
      const [first, last] = entries;
      deepStrictEqual(await log.read(ref, last!.position + 1), { entries: [], atEnd: true });
      deepStrictEqual(await log.read(ref, first!.position + 1), { entries: [last], atEnd: true });
    },
  },
  {
    name: 'pages of every size join up to the whole log, and only the last says that it is',
    timeoutMs: 120_000,
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 64);
      for (const limit of [1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65]) {
        const page = await log.read(ref, 0, limit);
        deepStrictEqual(page.entries, entries.slice(0, limit), `a page of ${limit}`);
        strictEqual(page.atEnd, limit >= 64, `a page of ${limit} is the end`);
        if (limit > 1) deepStrictEqual(await readAll(log, ref, limit), entries);
      }
      deepStrictEqual(await log.read(ref, entries[40]!.position, 24), { entries: entries.slice(40), atEnd: true });
      strictEqual((await log.read(ref, entries[40]!.position, 23)).atEnd, false);
    },
  },
  {
    name: 'a log of 1,200 entries is read whole, 500 entries to a page by default',
    timeoutMs: 120_000,
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 1_200);
      const page = await log.read(ref, 0);
      ok(page.entries.length <= 500 && page.entries.length > 1);
      strictEqual(page.atEnd, false);
      deepStrictEqual(await readAll(log, ref), entries);
    },
  },
  {
    name: 'a log of large entries is read whole',
    timeoutMs: 120_000,
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 40, EMPTY, 'x'.repeat(250_000));
      deepStrictEqual(await readAll(log, ref), entries);
    },
  },
  {
    name: 'an append that was answered is seen by every read that begins later, on any connection',
    timeoutMs: 120_000,
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const ref = freshRef();
      let tail = EMPTY;
      for (let round = 0; round < 300; round += 1) {
        const writer = round % 2 ? log : other;
        const reader = round % 2 ? other : log;
        const entry = entryAfter(ref, tail.seq, tail.lastId);
        const position = await writer.append(ref, entry, tail.position);
        const page = await reader.read(ref, tail.position);
        deepStrictEqual(page.entries.at(-1), { ...entry, position }, `round ${round}`);
        strictEqual(page.entries.length, round === 0 ? 1 : 2);
        tail = tailOf({ ...entry, position });
      }
    },
  },
  {
    name: 'what is read while others append is a whole prefix of the log',
    timeoutMs: 120_000,
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const ref = freshRef();
      const going = { on: true };
      const written = fill(log, ref, 300).finally(() => {
        going.on = false;
      });
      let longest = 0;
      while (going.on) {
        await breathe();
        const answered = longest;
        const entries = await readAll(other, ref, 50);
        assertWhole(entries);
        ok(entries.length >= answered, 'a later read does not see less');
        longest = entries.length;
      }
      deepStrictEqual(await readAll(other, ref), await written);
    },
  },
  {
    name: 'an entry that cannot be decoded is a typed error, not skipped',
    needs: 'corrupt',
    async run({ open, rig }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 2);
      await rig.corrupt!(ref);
      await expectCode('corrupt_entry', log.read(ref, 0));
      await expectCode('corrupt_entry', log.read(ref, entries[1]!.position));
      deepStrictEqual((await log.read(ref, 0, 2)).entries, entries, 'what is before it can still be read');
    },
  },
];
