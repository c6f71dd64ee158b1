import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cmid } from '@parley/protocol';
import type { OutboxItem, OutboxStorage } from './outbox-storage.ts';

/**
 * An outbox in a JSON file, for bots. Written whole and atomically (temporary file, fsync, rename, fsync of the folder);
 * changes made during a write share the next one. One process at a time: two would overwrite each other.
 * A file that is not an outbox makes `load` throw rather than be replaced.
 */
export const fileOutbox = (path: string): OutboxStorage => {
  let items: Promise<Map<Cmid, OutboxItem>> | null = null;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  const read = async (): Promise<Map<Cmid, OutboxItem>> => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
      throw error;
    });
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) throw new TypeError(`${path} is not an outbox`);
    return new Map((list as OutboxItem[]).map((item) => [item.cmid, item]));
  };
  const loaded = (): Promise<Map<Cmid, OutboxItem>> => {
    items ??= read();
    items.catch(() => (items = null));
    return items;
  };

  const write = async (current: Map<Cmid, OutboxItem>): Promise<void> => {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const temporary = `${path}.tmp`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify([...current.values()]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const directory = await open(folder, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  };
  const change = async (apply: (current: Map<Cmid, OutboxItem>) => void): Promise<void> => {
    const current = await loaded();
    apply(current);
    next ??= writing.catch(() => {}).then(() => {
      next = null;
      writing = write(current);
      return writing;
    });
    return next;
  };

  return {
    load: async () => [...(await loaded()).values()],
    put: (item) => change((current) => void current.set(item.cmid, item)),
    remove: (cmid) => change((current) => void current.delete(cmid)),
  };
};
