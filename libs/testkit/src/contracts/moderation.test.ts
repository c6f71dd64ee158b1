import type { RoomLog } from '@parley/domain';
import { MemoryModerationStore } from '../memory-moderation-store.ts';
import { MemoryStore } from '../memory-store.ts';
import type { ScriptedEntry } from '../room-script.ts';
import { moderationContract } from './moderation.ts';

/** A log that has these entries and no others. */
const logOf = (entries: readonly ScriptedEntry[]): Pick<RoomLog, 'id' | 'read'> => ({
  id: 'scripted',
  read: async ({ roomId, epoch }, from) => ({
    entries: entries.filter(({ ref, entry }) => ref.roomId === roomId && ref.epoch === epoch && entry.position >= from).map(({ entry }) => entry), atEnd: true,
  }),
});

moderationContract('memory', async () => {
  const store = new MemoryStore();
  return {
    moderation: new MemoryModerationStore(store),
    store,
    takeIn: async (entries) => {
      for (const roomId of new Set(entries.map(({ ref }) => ref.roomId))) await store.ingest(logOf(entries), roomId);
    },
    stop: async () => {},
  };
});
