import type { DeadLetter, DeadLetters } from '@parley/domain';
import { migrate, openDatabase, type DatabaseHandle } from '@parley/postgres';
import type { ScriptedEntry } from '@parley/testkit/room-script';
import { ingest, type IngestOptions, type RoomResult } from '../index.ts';

export const LOG_ID = 'test-log';

export class ListedLetters implements Pick<DeadLetters, 'put'> {
  readonly letters = new Map<string, DeadLetter>();

  async put(letter: DeadLetter): Promise<void> {
    if (!this.letters.has(letter.id)) this.letters.set(letter.id, letter);
  }
}

export type IngestRig = {
  database: DatabaseHandle;
  deadLetters: ListedLetters;
  /** Takes entries of one room in. */
  takeIn: (entries: readonly ScriptedEntry[], options?: Partial<IngestOptions>) => Promise<RoomResult>;
};

export const ingestRig = async (url: string): Promise<IngestRig> => {
  const database = openDatabase({ url, connectTimeoutMs: 2_000 });
  await migrate(database);
  const deadLetters = new ListedLetters();
  return {
    database,
    deadLetters,
    takeIn: async (entries, options) => {
      const { rooms } = await ingest(database.db, entries, { logId: LOG_ID, deadLetters, ...options });
      return [...rooms.values()][0]!;
    },
  };
};
