import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { assertExactlyOnce, assertWhole, bodiesOf, codeOf, entryAfter, expectCode, fill, freshRef, readAll, tailOf, Writer } from './fixtures.ts';
import type { RoomLogCase } from './rig.ts';

export const WRITING: RoomLogCase[] = [
  {
    name: 'an entry is read back as it was appended, at the position that was answered',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const body = 'Grüße, \u{1F44B} "quoted" \\ \n\u0000 مرحبا';
      const first = entryAfter(ref, 0, null, 3, body);
      const at = await log.append(ref, first, 0);
      const second = entryAfter(ref, 3, first.events[2]!.id);
      const next = await log.append(ref, second, at);
      ok(Number.isSafeInteger(at) && at > 0 && next > at);
      deepStrictEqual((await (await open()).read(ref, 0)), { entries: [{ ...first, position: at }, { ...second, position: next }], atEnd: true });
    },
  },
  {
    name: 'an append whose expectation is not the last entry is a conflict and stores nothing',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 3);
      const tail = tailOf(entries[2]!);
      const next = entryAfter(ref, tail.seq, tail.lastId);
      for (const wrong of [0, entries[0]!.position, entries[1]!.position, tail.position + 1, tail.position + 1_000]) {
        await expectCode('conflict', log.append(ref, next, wrong), `expected ${wrong}`);
      }
      await expectCode('conflict', log.append(freshRef(), next, tail.position), 'of a room without entries');
      deepStrictEqual(await readAll(log, ref), entries);
      await log.append(ref, next, tail.position);
    },
  },
  {
    name: 'rooms and epochs are logs apart',
    async run({ open }) {
      const log = await open();
      const one = freshRef();
      const later = { ...one, epoch: 2 };
      const other = freshRef();
      const before = await fill(log, one, 2);
      const opened = entryAfter(later, 2, tailOf(before[1]!).lastId, 2);
      const position = await log.append(later, opened, 0);
      const others = await fill(log, other, 2);
      deepStrictEqual(await readAll(log, one), before);
      deepStrictEqual(await readAll(log, later), [{ ...opened, position }]);
      deepStrictEqual(await readAll(log, other), others);
    },
  },
  {
    name: 'eight writers on connections of their own make one dense log that has everything acked once',
    timeoutMs: 120_000,
    async run({ open }) {
      const ref = freshRef();
      const writers = await Promise.all(Array.from({ length: 8 }, async (_, n) => new Writer(`w${n}`, await open(), ref)));
      await Promise.all(writers.map(async (writer) => {
        for (let n = 0; n < 25; n += 1) await writer.write();
      }));
      const entries = await readAll(await open(), ref);
      assertWhole(entries);
      assertExactlyOnce(entries, writers);
      strictEqual(bodiesOf(entries).length, 200);
      strictEqual(writers.reduce((sum, { outcomes }) => sum + outcomes.acked, 0), 200, 'each was acked by its own append');
      ok(writers.some(({ outcomes }) => outcomes.conflict > 0), 'they were in each other\'s way');
    },
  },
  {
    name: 'of nine connections that append with one expectation one wins, in each of a hundred rounds',
    timeoutMs: 120_000,
    async run({ open }) {
      const ref = freshRef();
      const logs = await Promise.all(Array.from({ length: 9 }, open));
      let tail = { position: 0, seq: 0, lastId: null as null | ReturnType<typeof tailOf>['lastId'] };
      for (let round = 0; round < 100; round += 1) {
        const offers = logs.map((_, n) => entryAfter(ref, tail.seq, tail.lastId, 1, `round ${round} by ${n}`));
        const answers = await Promise.all(logs.map(async (log, n) => {
          const outcome = { position: 0, code: '' };
          outcome.code = await codeOf(log.append(ref, offers[n]!, tail.position).then((position) => void (outcome.position = position)));
          return outcome;
        }));
        deepStrictEqual(answers.map(({ code }) => code).sort(), [...Array.from({ length: 8 }, () => 'conflict'), 'none'], `round ${round}`);
        const winner = answers.findIndex(({ code }) => code === 'none');
        tail = tailOf({ ...offers[winner]!, position: answers[winner]!.position });
        const [, ...page] = (await logs[(winner + 1) % 9]!.read(ref, tail.position)).entries;
        deepStrictEqual(page, [], 'the winner stored the last entry');
      }
      const entries = await readAll(logs[0]!, ref);
      assertWhole(entries);
      strictEqual(entries.length, 100);
    },
  },
  {
    name: 'the very same append again is a conflict in every position and never a second entry',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const ref = freshRef();
      const [first] = await fill(log, ref, 1);
      const tail = tailOf(first!);
      const entry = entryAfter(ref, tail.seq, tail.lastId);
      const stored = { ...entry, position: await log.append(ref, entry, tail.position) };
      const again = (by = log): Promise<number> => by.append(ref, entry, tail.position);
      await expectCode('conflict', again(), 'right after it was stored');
      await expectCode('conflict', again(other), 'on another connection');
      const more = await fill(other, ref, 1, tailOf(stored));
      await expectCode('conflict', again(), 'after another\'s append');
      const evenMore = await fill(other, ref, 2, tailOf(more[0]!));
      await expectCode('conflict', again(), 'by a writer that slept through several');
      deepStrictEqual(await readAll(log, ref), [first, stored, ...more, ...evenMore]);
      await log.purge(ref, evenMore[0]!.position);
      await expectCode('conflict', again(), 'after the log was purged');
      await expectCode('conflict', log.append(ref, entryAfter(ref, 0, null), 0), 'the first entry, after the log was purged');
      deepStrictEqual((await readAll(other, ref)).slice(-2), evenMore, 'a purge may keep more than asked');
    },
  },
  {
    name: 'the very same append sent twice at once is stored once',
    async run({ open }) {
      const logs = [await open(), await open()];
      const ref = freshRef();
      let tail = { position: 0, seq: 0, lastId: null as null | ReturnType<typeof tailOf>['lastId'] };
      for (let round = 0; round < 30; round += 1) {
        const entry = entryAfter(ref, tail.seq, tail.lastId);
        const codes = await Promise.all(logs.map((log) => codeOf(log.append(ref, entry, tail.position))));
        deepStrictEqual(codes.sort(), ['conflict', 'none']);
        const page = await logs[round % 2]!.read(ref, tail.position);
        tail = tailOf(page.entries.at(-1)!);
        strictEqual(tail.seq, round + 1);
      }
      assertWhole(await readAll(logs[0]!, ref));
    },
  },
  {
    name: 'many rooms are appended to at once without hindering each other',
    async run({ open }) {
      const log = await open();
      const refs = Array.from({ length: 40 }, () => freshRef());
      const filled = await Promise.all(refs.map((ref) => fill(log, ref, 5)));
      for (const [n, ref] of refs.entries()) deepStrictEqual(await readAll(log, ref), filled[n]);
    },
  },
  {
    name: 'all connections know the log by one id',
    async run({ open }) {
      const logs = await Promise.all(Array.from({ length: 5 }, open));
      strictEqual(new Set(logs.map((log) => log.id)).size, 1);
    },
  },
  {
    name: 'closing waits for the appends under way, and nothing is appended afterwards',
    async run({ open }) {
      const [log, other] = [await open(), await open()];
      const refs = Array.from({ length: 20 }, () => freshRef());
      const under = refs.map((ref) => log.append(ref, entryAfter(ref, 0, null), 0));
      await log.close();
      const positions = await Promise.all(under);
      for (const [n, ref] of refs.entries()) strictEqual((await other.read(ref, 0)).entries[0]?.position, positions[n]);
      await expectCode('unavailable', log.append(freshRef(), entryAfter(refs[0]!, 0, null), 0));
      await expectCode('unavailable', log.read(refs[0]!, 0));
    },
  },
];
