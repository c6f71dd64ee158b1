import 'fake-indexeddb/auto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cmid } from '@parley/protocol';
import { indexedDbOutbox } from './outbox-indexed-db.ts';
import { fileOutbox } from './node.ts';
import { memoryOutbox, type OutboxItem, type OutboxStorage } from './outbox-storage.ts';
import { roomId, userId } from './testing/fake-gateway.ts';

const item = (cmid: string, body = cmid): OutboxItem =>
  ({ cmid: cmid as Cmid, by: userId(1), roomId: roomId(1), command: 'message:send', payload: { body }, after: { epoch: 1, seq: 3 }, createdAt: 7 });
const byCmid = (items: OutboxItem[]): OutboxItem[] => items.sort((a, b) => (a.cmid < b.cmid ? -1 : 1));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-outbox-'));
});
afterAll(() => rm(folder, { recursive: true }));

let names = 0;
/** Opens the storage of this name, as another process or tab would. */
const kinds: Record<string, (name: string) => OutboxStorage> = {
  IndexedDB: (name) => indexedDbOutbox(name),
  file: (name) => fileOutbox(join(folder, 'not-there-yet', `${name}.json`)),
};

describe.each(Object.entries(kinds))('an outbox in %s', (_, open) => {
  it('is empty at first and keeps what is put, replaced and removed', async () => {
    const name = `outbox-${(names += 1)}`;
    const storage = open(name);
    expect(await storage.load()).toEqual([]);
    await Promise.all(['a', 'b', 'c'].map((cmid) => storage.put(item(cmid))));
    await Promise.all([storage.put(item('b', 'again')), storage.remove('a' as Cmid), storage.remove('unknown' as Cmid)]);
    const expected = [item('b', 'again'), item('c')];
    expect(byCmid(await storage.load())).toEqual(expected);
    expect(byCmid(await open(name).load())).toEqual(expected);
  });

  it('has each item once its put has resolved', async () => {
    const name = `outbox-${(names += 1)}`;
    const storage = open(name);
    await Promise.all(Array.from({ length: 30 }, async (_none, n) => {
      await storage.put(item(`m${n}`));
      expect((await open(name).load()).map(({ cmid }) => cmid)).toContain(`m${n}`);
    }));
    expect(await open(name).load()).toHaveLength(30);
  });
});

describe('an outbox in memory', () => {
  it('keeps what is put, replaced and removed', async () => {
    const storage = memoryOutbox();
    await storage.put(item('a'));
    await storage.put(item('b'));
    await storage.put(item('b', 'again'));
    await storage.remove('a' as Cmid);
    expect(await storage.load()).toEqual([item('b', 'again')]);
  });
});

describe('an outbox in a file', () => {
  it('shares writes made at once and leaves no other file behind', async () => {
    const own = join(folder, 'own');
    const storage = fileOutbox(join(own, 'outbox.json'));
    await Promise.all(Array.from({ length: 100 }, (_, n) => storage.put(item(`m${n}`))));
    expect(await readdir(own)).toEqual(['outbox.json']);
  });

  it('does not replace a file that is something else', async () => {
    const path = join(folder, 'else.json');
    for (const text of ['{"not":"it"}', 'garbage']) {
      await writeFile(path, text);
      const storage = fileOutbox(path);
      await expect(storage.load()).rejects.toThrow(/JSON|is not an outbox/);
      await expect(storage.put(item('a'))).rejects.toThrow(/JSON|is not an outbox/);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  it('works again after a write that failed', async () => {
    const path = join(folder, 'blocked', 'outbox.json');
    await writeFile(join(folder, 'blocked'), '');
    const storage = fileOutbox(path);
    await expect(storage.put(item('a'))).rejects.toThrow(/ENOTDIR|EEXIST/);
    await rm(join(folder, 'blocked'));
    await storage.put(item('b'));
    expect((await fileOutbox(path).load()).map(({ cmid }) => cmid)).toContain('b');
  });
});

describe('an outbox in IndexedDB', () => {
  it('opens again after it was closed', async () => {
    const storage = indexedDbOutbox(`outbox-${(names += 1)}`);
    await storage.put(item('a'));
    await storage.close();
    expect(await storage.load()).toEqual([item('a')]);
    await storage.close();
  });
});
