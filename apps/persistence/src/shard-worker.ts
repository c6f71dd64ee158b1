import { RoomLogError, type Delivery, type LogConsumer, type LogEntry, type RoomLog, type Shard, type Undecodable } from '@parley/domain';
import { isUnavailable } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { haltedOf, highestMarksOf, SUSPECTED, takeSuspicion, WatermarkMoved, type ArrivedEntry, type Mark, type RoomResult } from '@parley/store-postgres';
import { Backoff } from '@parley/runtime';
import { CONSUMER, type PersistenceLimits } from './limits.ts';
import { Overtaken, RoomKeeper, type RoomKeeperOptions } from './room-keeper.ts';
import { Trimmer } from './trimmer.ts';

export type ShardWorkerOptions = Omit<RoomKeeperOptions, 'readEntries'> & { shard: Shard; limits: PersistenceLimits; logIsArchive: boolean };

const isDelivery = (each: Delivery | Undecodable): each is Delivery => each.entry !== null;
const arrivedOf = ({ ref, entry }: Delivery): ArrivedEntry => ({ ref, entry });

/** Something is away that will be back: nothing is the fault of what was being handled. */
const isAway = (error: unknown): boolean =>
  isUnavailable(error) || error instanceof WatermarkMoved || error instanceof Overtaken || (error instanceof RoomLogError && error.code !== 'corrupt_entry' && error.code !== 'too_large');

/**
 * One shard: fetch → take in → settle → trim, until told to stop. What is delivered is only a wake-up where it does not
 * continue the watermark; then the log itself is read.
 */
export class ShardWorker {
  readonly shard: Shard;
  readonly #options: ShardWorkerOptions;
  readonly #log: RoomLog;
  readonly #keeper: RoomKeeper;
  readonly #trimmer: Trimmer;
  readonly #stop = new AbortController();
  readonly #backoff: Backoff;
  readonly #done: Promise<void>;
  #auditDue = true;
  #sweepAt = 0;

  constructor(options: ShardWorkerOptions) {
    const { log, session, limits, chance } = options;
    this.shard = options.shard;
    this.#options = options;
    this.#log = log;
    this.#keeper = new RoomKeeper({ ...options, readEntries: limits.readEntries });
    this.#trimmer = new Trimmer({ log, session, limits: limits.trim, now: () => chance.now() });
    this.#backoff = new Backoff(limits.backoffMs);
    this.#done = this.#run();
  }

  /** Resolves once what is in hand is finished, or given back. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#done;
  }

  get #stopping(): boolean {
    return this.#stop.signal.aborted || this.#options.session.lost;
  }

  async #run(): Promise<void> {
    const { log, options: { logger, metrics } } = { log: this.#log, options: this.#options };
    const unwatch = log.onHeadsLive((live) => { if (live) this.#auditDue = true; });
    let consumer: LogConsumer | null = null;
    let isLoaded = false;
    while (!this.#stopping) {
      try {
        consumer ??= await log.consumer({ name: CONSUMER, shard: this.shard, ackWaitMs: this.#options.limits.ackWaitMs, maxUnsettled: 2 * this.#options.limits.batchEntries });
        if (!isLoaded) await this.#load();
        isLoaded = true;
        if (this.#auditDue) await this.#audit();
        const logId = log.id;
        const batch = await consumer.fetch(this.#options.limits.batchEntries, this.#options.limits.fetchWaitMs);
        // What came while the log became another one belongs to nobody knows which.
        if (log.id === logId && batch.length > 0) await this.#handle(logId, batch);
        await this.#tidy();
        this.#backoff.reset();
      } catch (error) {
        if (this.#stopping) break;
        if (isAway(error)) logger.debug({ err: error, shard: this.shard }, 'waiting for the log or Postgres');
        else logger.error({ err: error, shard: this.shard }, 'a shard failed: it is tried again');
        await this.#backoff.wait(this.#stop.signal);
      }
    }
    unwatch();
    metrics.halted(-this.#keeper.halted.size);
    await consumer?.close().catch(() => {});
  }

  /** What an earlier worker left: halted rooms, of which one may be sound again, and logs to trim. */
  async #load(): Promise<void> {
    const { session, metrics, logIsArchive } = this.#options;
    for (const [roomId, reason] of await haltedOf(session.db, this.shard)) {
      if (!this.#keeper.halted.has(roomId)) metrics.halted(1);
      this.#keeper.halted.set(roomId, reason);
      await this.#pull(roomId);
    }
    if (!logIsArchive) await this.#trimmer.load(this.shard);
  }

  /** Whether the log still has what was taken in from it: a log that lost its end lost the rooms written last. */
  async #audit(): Promise<void> {
    this.#auditDue = false;
    try {
      for (const mark of await highestMarksOf(this.#options.session.db, this.shard, this.#log.id, this.#options.limits.auditRooms)) {
        const first = await this.#entryAt(mark);
        if (first?.position !== mark.position || first.events.at(-1)?.id !== mark.lastId) await this.#pull(mark.roomId);
      }
    } catch (error) {
      this.#auditDue = true;
      throw error;
    }
  }

  async #entryAt({ roomId, epoch, position }: Mark & { roomId: RoomId }): Promise<LogEntry | null> {
    const page = await this.#log.read({ roomId, epoch }, position, 1).catch((error: unknown) => {
      if (isAway(error)) throw error;
      return null;
    });
    return page?.entries[0] ?? null;
  }

  /** One room's trouble must not keep the shard from its work. */
  async #pull(roomId: RoomId): Promise<void> {
    try {
      await this.#keeper.pull(roomId);
    } catch (error) {
      if (isAway(error)) throw error;
      await this.#keeper.halt(roomId, 'poison', error instanceof Error ? error.message : String(error));
    }
  }

  async #handle(logId: string, batch: readonly (Delivery | Undecodable)[]): Promise<void> {
    const deliveries = batch.filter(isDelivery);
    for (const each of batch) if (!isDelivery(each)) await this.#bury(logId, each);
    const byRoom = Map.groupBy(deliveries, ({ ref }) => ref.roomId);
    const going = [...byRoom].filter(([roomId]) => !this.#keeper.halted.has(roomId)).flatMap(([, own]) => own);
    const rooms = going.length > 0 ? await this.#commit(logId, going) : new Map<RoomId, RoomResult>();
    const settled: Delivery[] = [];
    for (const [roomId, own] of byRoom) {
      // What a halted room still gets stays in its log, which is not trimmed.
      if (this.#keeper.halted.has(roomId)) settled.push(...own);
      else if (await this.#isSettled(logId, roomId, own, rooms.get(roomId))) settled.push(...own);
    }
    await Promise.all(settled.map((delivery) => delivery.ack().catch(() => {})));
  }

  /** `null` for rooms that could not be taken in even alone. While Postgres is away the batch is held and nothing is fetched. */
  async #commit(logId: string, deliveries: readonly Delivery[]): Promise<Map<RoomId, RoomResult>> {
    const { committer, logger } = this.#options;
    const backoff = new Backoff(this.#options.limits.backoffMs);
    for (;;) {
      try {
        return await committer.commit(logId, deliveries.map(arrivedOf));
      } catch (error) {
        if (this.#stopping) {
          await Promise.all(deliveries.map((delivery) => delivery.retry(0).catch(() => {})));
          throw error;
        }
        if (!isAway(error)) {
          logger.error({ err: error, shard: this.shard }, 'a batch failed: its rooms are tried one by one');
          return this.#commitEach(logId, deliveries);
        }
        await backoff.wait(this.#stop.signal);
      }
    }
  }

  async #commitEach(logId: string, deliveries: readonly Delivery[]): Promise<Map<RoomId, RoomResult>> {
    const rooms = new Map<RoomId, RoomResult>();
    for (const [roomId, own] of Map.groupBy(deliveries, ({ ref }) => ref.roomId)) {
      try {
        const found = (await this.#options.committer.commit(logId, own.map(arrivedOf))).get(roomId);
        if (found) rooms.set(roomId, found);
      } catch (error) {
        if (isAway(error)) throw error;
        await this.#retryOrBury(logId, own, error);
      }
    }
    return rooms;
  }

  /** Whether the deliveries of a room are done with. */
  async #isSettled(logId: string, roomId: RoomId, own: readonly Delivery[], result: RoomResult | undefined): Promise<boolean> {
    if (!result) return false;
    const { metrics } = this.#options;
    this.#trimmer.note(roomId, result);
    if (own.length > result.entries) metrics.duplicates(own.length - result.entries);
    if (result.outcome === 'advanced' || result.outcome === 'duplicate') return true;
    try {
      await this.#keeper.pull(roomId);
      return true;
    } catch (error) {
      if (!isAway(error)) await this.#retryOrBury(logId, own, error);
      // Comes again by itself.
      else await Promise.all(own.map((delivery) => delivery.retry(this.#options.limits.retryMs).catch(() => {})));
      return false;
    }
  }

  async #retryOrBury(logId: string, own: readonly Delivery[], error: unknown): Promise<void> {
    const { limits, deadLetters, metrics, chance, logger } = this.#options;
    const roomId = own[0]!.ref.roomId;
    const reason = error instanceof Error ? error.message : String(error);
    if (own.every((delivery) => delivery.attempt < limits.maxAttempts)) {
      logger.warn({ err: error, roomId }, 'entries of a room could not be taken in: they are tried again');
      await Promise.all(own.map((delivery) => delivery.retry(limits.retryMs).catch(() => {})));
      return;
    }
    for (const { ref, entry } of own) {
      await deadLetters.put({
        id: `entry:${logId}:${ref.roomId}:${ref.epoch}:${entry.position}`, consumer: CONSUMER, source: `${ref.roomId}/${ref.epoch}@${entry.position}`,
        reason, payload: JSON.stringify(entry), at: chance.now(),
      });
    }
    metrics.deadLettered(own.length);
    await this.#keeper.halt(roomId, 'poison', reason);
    await Promise.all(own.map((delivery) => delivery.ack().catch(() => {})));
  }

  async #bury(logId: string, each: Undecodable): Promise<void> {
    const { deadLetters, metrics, chance, logger } = this.#options;
    await deadLetters.put({
      id: `undecodable:${logId}:${each.subject}:${each.position}`, consumer: CONSUMER, source: `${each.subject}@${each.position}`,
      reason: each.reason, payload: each.raw, at: chance.now(),
    });
    metrics.deadLettered(1);
    logger.error({ subject: each.subject, position: each.position, reason: each.reason }, 'an entry of the log cannot be decoded');
    await each.ack().catch(() => {});
  }

  async #tidy(): Promise<void> {
    const { session, limits, chance, logIsArchive, metrics } = this.#options;
    if (!logIsArchive) {
      const trimmed = await this.#trimmer.trimDue();
      if (trimmed > 0) metrics.trimmed(trimmed);
    }
    if (chance.now() < this.#sweepAt) return;
    this.#sweepAt = chance.now() + limits.sweepMs;
    const stillHalted = await haltedOf(session.db, this.shard);
    // An operator lets a room go on by clearing `watermarks.halted`; one without a watermark is simply tried again.
    for (const roomId of this.#keeper.halted.keys()) if (!stillHalted.has(roomId)) await this.#pull(roomId);
    // A gateway found that it does not go on: nothing is appended there that would wake anybody here.
    for (const [roomId, reason] of stillHalted) {
      if (reason !== SUSPECTED) continue;
      await takeSuspicion(session.db, roomId);
      await this.#pull(roomId);
    }
  }
}

