import type { DeadLetter, DeadLetters, RoomLog } from '@parley/domain';
import { migrate, openDatabase, type DatabaseHandle } from '@parley/postgres';
import { createMetrics, silentLogger, type Registry } from '@parley/runtime';
import { PostgresStore } from '@parley/store-postgres';
import { waitFor } from '@parley/testkit';
import type { RoomScript } from '@parley/testkit/room-script';
import { createPersistence, createPersistenceMetrics, DEFAULT_LIMITS, type Persistence, type PersistenceLimits, type PersistenceOptions } from '../index.ts';

/** So that what takes seconds in production takes a moment here. */
export const QUICK: PersistenceLimits = {
  ...DEFAULT_LIMITS, fetchWaitMs: 100, ackWaitMs: 1_000, retryMs: 20, backoffMs: { first: 10, last: 200 }, rebalanceMs: 100, sweepMs: 100,
  trim: { entries: 1_000_000, afterMs: 3_600_000, roomsAtOnce: 100 },
};

export class ListedLetters implements DeadLetters {
  readonly letters = new Map<string, DeadLetter>();

  async put(letter: DeadLetter): Promise<void> {
    if (!this.letters.has(letter.id)) this.letters.set(letter.id, letter);
  }

  async list(): Promise<DeadLetter[]> {
    return [...this.letters.values()];
  }

  async remove(id: string): Promise<void> {
    this.letters.delete(id);
  }
}

export type Running = Persistence & { registry: Registry };
export type StoreRig = {
  database: DatabaseHandle;
  store: PostgresStore;
  deadLetters: ListedLetters;
  /** A worker on this database. */
  work(log: RoomLog, options?: Partial<PersistenceOptions>): Running;
  /** Resolves once the room is taken in as far as the script goes. */
  caughtUp(...scripts: RoomScript[]): Promise<void>;
  haltedReason(script: RoomScript): Promise<string | null>;
  trimmedTo(script: RoomScript): Promise<number>;
  /** Stops all workers, closes the database. */
  close(): Promise<void>;
};

export const storeRig = async (url: string): Promise<StoreRig> => {
  const database = openDatabase({ url, connectTimeoutMs: 2_000, statementTimeoutMs: 5_000 });
  await migrate(database);
  const store = new PostgresStore(database.db);
  const deadLetters = new ListedLetters();
  const workers: Persistence[] = [];
  const row = (script: RoomScript) => database.db.selectFrom('watermarks').select(['halted', 'trimmed']).where('room_id', '=', script.roomId).executeTakeFirst();
  return {
    database,
    store,
    deadLetters,
    work: (log, options = {}) => {
      const metrics = createMetrics({ app: 'persistence', processMetrics: false });
      const worker = createPersistence({
        log, database, deadLetters, metrics: createPersistenceMetrics(metrics), logger: silentLogger(), ...options, limits: { ...QUICK, ...options.limits },
      });
      workers.push(worker);
      return Object.assign(worker, { registry: metrics.registry });
    },
    caughtUp: (...scripts) => waitFor(`${scripts.length} rooms to be taken in`, async () => {
      for (const script of scripts) if ((await store.seed(script.roomId))?.lastId !== script.lastId) return false;
      return true;
    }, { deadlineMs: 30_000 }),
    haltedReason: async (script) => (await row(script))?.halted ?? null,
    trimmedTo: async (script) => (await row(script))?.trimmed ?? 0,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await database.close();
    },
  };
};

export const metric = async (worker: Running, name: string): Promise<number> => {
  const found = await worker.registry.getSingleMetric(`parley_${name}`)?.get();
  return found?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
};
