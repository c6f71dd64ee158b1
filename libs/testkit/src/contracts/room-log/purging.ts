import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert';
import { assertWhole, breathe, entryAfter, expectCode, fill, freshRef, readAll, tailOf, until, Writer, assertExactlyOnce } from './fixtures.ts';
import type { RoomLogCase } from './rig.ts';
import { ALL_SHARDS, type Delivery } from '@parley/domain';

export const PURGING: RoomLogCase[] = [
  {
    name: 'a purge lets go of what is strictly below and of no other room or epoch',
    async run({ open }) {
      const log = await open();
      const [ref, other] = [freshRef(), freshRef()];
      const later = { ...ref, epoch: 2 };
      const entries = await fill(log, ref, 10);
      const others = await fill(log, other, 3);
      const laters = await fill(log, later, 3, { ...tailOf(entries[9]!), position: 0 });
      await log.purge(ref, entries[6]!.position);
      const kept = await readAll(log, ref);
      deepStrictEqual(kept, entries.slice(-kept.length));
      ok(kept.length >= 4, 'the entry at the bound stays');
      deepStrictEqual(await readAll(log, other), others);
      deepStrictEqual(await readAll(log, later), laters);
    },
  },
  {
    name: 'a read from an entry that was purged reveals it: another comes first',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 10);
      await log.purge(ref, entries[6]!.position);
      const kept = await readAll(log, ref);
      if (kept.length === 10) return; // it may keep more than asked
      const gone = entries[9 - kept.length]!;
      const page = await log.read(ref, gone.position);
      notStrictEqual(page.entries[0]?.position, gone.position);
      deepStrictEqual(page.entries, kept);
    },
  },
  {
    name: 'a purge may be asked for again, and for less',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 5);
      await log.purge(ref, entries[3]!.position);
      await log.purge(ref, entries[3]!.position);
      const kept = await readAll(log, ref);
      await log.purge(ref, entries[1]!.position);
      deepStrictEqual(await readAll(log, ref), kept);
      await log.purge(ref, entries[0]!.position);
      deepStrictEqual(await readAll(log, ref), kept);
    },
  },
  {
    name: 'the last entry stays, whatever is asked, so that a log never looks as if it never was',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 3);
      for (const below of [entries[2]!.position, entries[2]!.position + 1, entries[2]!.position + 1_000]) {
        await log.purge(ref, below);
        deepStrictEqual((await readAll(log, ref)).at(-1), entries[2], `below ${below}`);
        await expectCode('conflict', log.append(ref, entryAfter(ref, 0, null), 0), 'expected 0 means never created');
      }
      await log.purge(freshRef(), 5);
    },
  },
  {
    name: 'a purged log goes on by compare-and-set where it stood',
    async run({ open }) {
      const log = await open();
      const ref = freshRef();
      const entries = await fill(log, ref, 4);
      await log.purge(ref, entries[3]!.position);
      const tail = tailOf(entries[3]!);
      await expectCode('conflict', log.append(ref, entryAfter(ref, tail.seq, tail.lastId), entries[2]!.position));
      const more = await fill(log, ref, 3, tail);
      const all = await readAll(log, ref);
      deepStrictEqual(all.slice(-4), [entries[3], ...more]);
      assertWhole(all, all[0] === undefined ? undefined : { position: 0, seq: all[0].events[0]!.seq - 1, lastId: all[0].prevId });
    },
  },
  {
    name: 'a purge takes from no consumer what it has yet to settle, but from the one that asks for it',
    async run({ open }) {
      const log = await open();
      const shard = ALL_SHARDS[9]!;
      const ref = freshRef(shard);
      const entries = await fill(log, ref, 6);
      const [asking, slow] = [`asking-${process.pid}`, `slow-${process.pid}`];
      await log.consumer({ name: asking, shard });
      const consumer = await log.consumer({ name: slow, shard });
      const below = entries[5]!.position;
      strictEqual((await log.purge(ref, below, asking)) <= below, true);
      const seen = new Map<number, Delivery>();
      await until('all of them', async () => {
        for (const each of await consumer.fetch(50, 200)) {
          if (each.entry !== null && each.ref.roomId === ref.roomId) seen.set(each.entry.position, each);
          else await each.ack();
        }
        return seen.size === entries.length;
      });
      for (const each of seen.values()) await each.ack();
      await until('all to be let go', async () => (await log.purge(ref, below, asking)) === below);
      deepStrictEqual((await readAll(log, ref)).at(-1), entries[5]);
    },
  },
  {
    name: 'purging while others write loses nothing above the bound',
    timeoutMs: 120_000,
    async run({ open }) {
      const ref = freshRef();
      const log = await open();
      const writers = await Promise.all([0, 1, 2].map(async (n) => new Writer(`w${n}`, await open(), ref)));
      let writing = true;
      const done = Promise.all(writers.map(async (writer) => {
        for (let n = 0; n < 40; n += 1) await writer.write();
      })).finally(() => {
        writing = false;
      });
      const taken = new Map<number, Awaited<ReturnType<typeof readAll>>[number]>();
      let at = 0;
      for (let last = false; !last;) {
        await breathe();
        last = !writing;
        for (const entry of await readAll(log, ref, 50, at)) {
          taken.set(entry.position, entry);
          at = entry.position;
        }
        if (at > 0) await log.purge(ref, at);
      }
      await done;
      for (const entry of await readAll(log, ref, 50, at)) taken.set(entry.position, entry);
      const entries = [...taken.values()];
      assertWhole(entries);
      assertExactlyOnce(entries, writers);
      strictEqual(entries.length, 120);
    },
  },
];
