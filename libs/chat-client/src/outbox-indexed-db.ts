import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { OutboxItem, OutboxStorage } from './outbox-storage.ts';

interface OutboxDatabase extends DBSchema {
  items: { key: string; value: OutboxItem };
}

/**
 * An outbox in the browser's IndexedDB database `name`; use one per user. Tabs share it (see {@link OutboxStorage}).
 * Opened at first use, and again if the browser closed it.
 */
export const indexedDbOutbox = (name: string): OutboxStorage & { close(): Promise<void> } => {
  let opened: Promise<IDBPDatabase<OutboxDatabase>> | null = null;
  const forget = (): void => {
    opened = null;
  };
  const database = (): Promise<IDBPDatabase<OutboxDatabase>> => {
    opened ??= openDB<OutboxDatabase>(name, 1, {
      upgrade: (db) => void db.createObjectStore('items', { keyPath: 'cmid' }),
      // A newer version of the app in another tab wants to upgrade: let go, the next use opens what is there then.
      blocking: (_from, _to, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    });
    opened.catch(forget);
    return opened;
  };
  return {
    load: async () => (await database()).getAll('items'),
    // `strict`: the promise is the outbox's only word that the item survives a crash of the machine.
    put: async (item) => {
      const write = (await database()).transaction('items', 'readwrite', { durability: 'strict' });
      await Promise.all([write.store.put(item), write.done]);
    },
    remove: async (cmid) => {
      const write = (await database()).transaction('items', 'readwrite', { durability: 'relaxed' });
      await Promise.all([write.store.delete(cmid), write.done]);
    },
    close: async () => {
      const closing = opened;
      forget();
      (await closing)?.close();
    },
  };
};
