import { ALL_SHARDS, realChance, type Chance, type DeadLetters, type RoomLog, type Shard } from '@parley/domain';
import { DatabaseSession, isUnavailable, type DatabaseHandle } from '@parley/postgres';
import { Backoff, pause, type Logger } from '@parley/runtime';
import type { Projection } from '@parley/store-postgres';
import { Committer } from './committer.ts';
import { DEFAULT_LIMITS, type PersistenceLimits } from './limits.ts';
import type { PersistenceMetrics } from './persistence-metrics.ts';
import { ShardLocks } from './shard-locks.ts';
import { ShardWorker } from './shard-worker.ts';

export type PersistenceOptions = {
  log: RoomLog;
  /** Migrated. Commits have a connection of their own. Stays the caller's to close, as the log does. */
  database: DatabaseHandle;
  deadLetters: DeadLetters;
  metrics: PersistenceMetrics;
  logger: Logger;
  /** The log is the archive, as in a standalone: nothing is written twice, and nothing trimmed. Default false. */
  logIsArchive?: boolean;
  limits?: Partial<PersistenceLimits>;
  projections?: readonly Projection[];
  chance?: Chance;
};

/** Takes the logs of all rooms into the store, together with any other worker on the same database. */
export type Persistence = {
  /** The shards this worker owns at present. */
  readonly shards: readonly Shard[];
  /** Ready, or why not. */
  ready(): true | string;
  /** Finishes what is in hand, lets the shards go. */
  stop(): Promise<void>;
};

/** Starts at once, whether Postgres and the log are there or not, and goes on until stopped. */
export const createPersistence = (options: PersistenceOptions): Persistence => new Worker(options);

class Worker implements Persistence {
  readonly #options: PersistenceOptions;
  readonly #limits: PersistenceLimits;
  readonly #stop = new AbortController();
  readonly #workers = new Map<Shard, ShardWorker>();
  readonly #done: Promise<void>;
  #session: DatabaseSession | null = null;

  constructor(options: PersistenceOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#done = this.#run();
  }

  get shards(): readonly Shard[] {
    return [...this.#workers.keys()];
  }

  ready(): true | string {
    if (!this.#session || this.#session.lost) return 'no connection to Postgres';
    return this.#options.log.headsLive || 'no connection to the log';
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.#done;
  }

  /** A session with Postgres is the circuit: without one nothing is fetched, and it is tried again ever more slowly. */
  async #run(): Promise<void> {
    const { database, logger } = this.#options;
    const backoff = new Backoff(this.#limits.backoffMs);
    while (!this.#stop.signal.aborted) {
      let session: DatabaseSession | null = null;
      try {
        session = await DatabaseSession.open(database);
        this.#session = session;
        await this.#hold(session, backoff);
      } catch (error) {
        if (isUnavailable(error)) logger.warn({ err: error }, 'Postgres is away: nothing is taken in until it is back');
        else logger.error({ err: error }, 'persistence failed: it starts again');
      }
      await this.#letGo();
      await session?.close();
      this.#session = null;
      if (!this.#stop.signal.aborted) await backoff.wait(this.#stop.signal);
    }
  }

  /** Owns a fair part of the shards as long as the session lives. */
  async #hold(session: DatabaseSession, backoff: Backoff): Promise<void> {
    const { logger, metrics } = this.#options;
    const locks = new ShardLocks(session);
    const lost = new AbortController();
    session.onLost(() => lost.abort());
    const over = AbortSignal.any([this.#stop.signal, lost.signal]);
    const committer = new Committer(session, {
      deadLetters: this.#options.deadLetters, metrics, commitEntries: this.#limits.commitEntries, logIsArchive: this.#options.logIsArchive ?? false,
      ...(this.#options.projections ? { projections: this.#options.projections } : {}),
    });
    await locks.enter();
    while (!over.aborted) {
      const fair = Math.ceil(ALL_SHARDS.length / (await locks.countWorkers()));
      await this.#giveUp(locks, this.#workers.size - fair);
      const before = this.#workers.size;
      const others = inAnyOrder(ALL_SHARDS).filter((shard) => !this.#workers.has(shard));
      while (others.length > 0 && this.#workers.size < fair && !over.aborted) {
        const claimed = await locks.tryClaim(others.splice(0, fair - this.#workers.size));
        for (const shard of claimed) this.#workers.set(shard, this.#worker(shard, session, committer));
      }
      if (this.#workers.size !== before) logger.info({ shards: this.#workers.size, of: ALL_SHARDS.length }, 'shards claimed');
      metrics.shards(this.#workers.size);
      backoff.reset();
      await pause(this.#limits.rebalanceMs, over);
    }
  }

  #worker(shard: Shard, session: DatabaseSession, committer: Committer): ShardWorker {
    const { log, deadLetters, metrics, logger, logIsArchive = false, chance = realChance } = this.#options;
    return new ShardWorker({ shard, log, session, committer, deadLetters, metrics, logger, logIsArchive, chance, limits: this.#limits });
  }

  /** For a worker that came. A shard is let go only when what was in hand is committed and settled. */
  async #giveUp(locks: ShardLocks, count: number): Promise<void> {
    if (count <= 0) return;
    const leaving = [...this.#workers.values()].slice(0, count);
    await Promise.all(leaving.map((worker) => worker.stop()));
    for (const { shard } of leaving) {
      this.#workers.delete(shard);
      await locks.release(shard);
    }
    this.#options.logger.info({ shards: this.#workers.size }, 'shards given up to other workers');
  }

  async #letGo(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    this.#workers.clear();
    this.#options.metrics.shards(0);
  }
}

/** So that workers that start together do not all try the same shard. */
const inAnyOrder = <T>(items: readonly T[]): T[] => {
  const start = Math.floor(Math.random() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
};
