import type { DeadLetters } from '@parley/domain';
import { isUnavailable, type DatabaseSession } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { ingest, type ArrivedEntry, type IngestOptions, type RoomResult } from '@parley/store-postgres';
import type { PersistenceMetrics } from './persistence-metrics.ts';

export type CommitterOptions = Pick<IngestOptions, 'logIsArchive' | 'projections'> & { deadLetters: DeadLetters; metrics: PersistenceMetrics; commitEntries: number };

type Batch = { logId: string; entries: readonly ArrivedEntry[]; resolve: (rooms: Map<RoomId, RoomResult>) => void; reject: (error: unknown) => void };

/**
 * One transaction at a time on the session that holds the shards' locks. What shards hand in while one is under way goes
 * into the next together. Bounded by its callers: each shard waits for its own batch.
 */
export class Committer {
  readonly #session: DatabaseSession;
  readonly #options: CommitterOptions;
  #waiting: Batch[] = [];
  #running = false;

  constructor(session: DatabaseSession, options: CommitterOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** What became of each room. Throws what Postgres throws; then nothing of these entries was taken in, or nobody knows. */
  commit(logId: string, entries: readonly ArrivedEntry[]): Promise<Map<RoomId, RoomResult>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ logId, entries, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let group = this.#take(); group.length > 0; group = this.#take()) {
      try {
        await this.#ingest(group);
      } catch (error) {
        // One batch must not fail for the fault of another.
        if (group.length === 1 || isUnavailable(error)) for (const { reject } of group) reject(error);
        else for (const batch of group) await this.#ingest([batch]).catch(batch.reject);
      }
    }
    this.#running = false;
  }

  #take(): Batch[] {
    const [first] = this.#waiting;
    const group: Batch[] = [];
    const rest: Batch[] = [];
    let entries = 0;
    for (const batch of this.#waiting) {
      const fits = group.length === 0 || entries + batch.entries.length <= this.#options.commitEntries;
      if (batch.logId === first?.logId && fits) {
        group.push(batch);
        entries += batch.entries.length;
      } else rest.push(batch);
    }
    this.#waiting = rest;
    return group;
  }

  async #ingest(group: readonly Batch[]): Promise<void> {
    const { metrics, ...options } = this.#options;
    const entries = group.flatMap((batch) => batch.entries);
    const started = performance.now();
    const { rooms, deadLettered } = await ingest(this.#session.db, entries, { ...options, logId: group[0]!.logId });
    let [taken, events] = [0, 0];
    for (const result of rooms.values()) {
      taken += result.entries;
      events += result.events;
    }
    metrics.committed(taken, events, (performance.now() - started) / 1_000);
    if (deadLettered > 0) metrics.deadLettered(deadLettered);
    for (const { resolve } of group) resolve(rooms);
  }
}
