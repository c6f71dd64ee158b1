import type { Chance, DeadLetters, Delivery, LogConsumer, RoomLog, Shard, Undecodable } from '@parley/domain';
import { Backoff, type Logger } from '@parley/runtime';
import type { ModerationLimits } from '../limits.ts';
import type { ModerationMetrics } from '../moderation-metrics.ts';
import { isAway } from './away.ts';

export type ShardLoopOptions = {
  /** Of the consumer. */
  name: string;
  shard: Shard;
  log: RoomLog;
  deadLetters: DeadLetters;
  limits: ModerationLimits;
  metrics: ModerationMetrics;
  logger: Logger;
  chance: Chance;
  /** Nothing is fetched before. */
  after: Promise<void>;
  /** Resolves when the entry is done with. What it throws is tried again; see {@link isAway}. */
  handle(delivery: Delivery): Promise<void>;
};

const keyOf = ({ ref, entry }: Delivery): string => `${ref.roomId}/${ref.epoch}@${entry.position}`;

/**
 * One shard of a consumer: fetch → process → settle, until told to stop. Several workers fetch from the same consumer, and
 * the log gives each entry to one of them. Entries are begun in the order in which they come, and settled as they are done:
 * one that waits for an outside checker keeps nobody waiting.
 */
export class ShardLoop {
  readonly #options: ShardLoopOptions;
  readonly #stop = new AbortController();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #inHand = new Map<string, Promise<void>>();
  readonly #done: Promise<void>;

  constructor(options: ShardLoopOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  get inHand(): number {
    return this.#inHand.size;
  }

  /** Resolves once what is in hand is settled, or given back. */
  stop(): Promise<void> {
    this.#stop.abort();
    this.#stopped.resolve();
    return this.#done;
  }

  async #run(): Promise<void> {
    const { name, shard, log, limits, logger } = this.#options;
    const backoff = new Backoff(limits.backoffMs);
    let consumer: LogConsumer | null = null;
    await Promise.race([this.#options.after, this.#stopped.promise]);
    while (!this.#stop.signal.aborted) {
      try {
        consumer ??= await log.consumer({ name, shard, ackWaitMs: limits.ackWaitMs, maxUnsettled: limits.maxUnsettled });
        const batch = await consumer.fetch(Math.min(limits.batchEntries, limits.inHand - this.#inHand.size), limits.fetchWaitMs);
        for (const each of batch) this.#take(each);
        while (this.#inHand.size >= limits.inHand) await Promise.race(this.#inHand.values());
        backoff.reset();
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (isAway(error)) logger.debug({ err: error, shard }, 'waiting for the log');
        else logger.error({ err: error, shard }, 'a shard failed: it is tried again');
        await backoff.wait(this.#stop.signal);
      }
    }
    await Promise.all(this.#inHand.values());
    await consumer?.close().catch(() => {});
  }

  #take(each: Delivery | Undecodable): void {
    // Nothing is said in it; persistence leaves the dead letter.
    if (each.entry === null) return this.#hold(`${each.subject}@${each.position}`, () => each.ack());
    const key = keyOf(each);
    const before = this.#inHand.get(key);
    // It took longer than the ack wait: done once, settled twice.
    if (before) return this.#hold(key, () => before);
    this.#hold(key, () => this.#process(each));
  }

  #hold(key: string, work: () => Promise<void>): void {
    const held = work().catch((error: unknown) => {
      // It comes again by itself.
      this.#options.logger.debug({ err: error, key }, 'a delivery could not be settled');
    }).finally(() => {
      if (this.#inHand.get(key) === held) this.#inHand.delete(key);
    });
    this.#inHand.set(key, held);
  }

  async #process(delivery: Delivery): Promise<void> {
    const { limits, logger, metrics } = this.#options;
    try {
      await this.#options.handle(delivery);
    } catch (error) {
      const { ref: { roomId }, attempt } = delivery;
      if (isAway(error)) logger.debug({ err: error, roomId, attempt }, 'what is needed is away: tried again');
      else logger.warn({ err: error, roomId, attempt }, 'an entry could not be handled');
      if (!isAway(error) && attempt >= limits.maxAttempts) return this.#bury(delivery, error);
      metrics.retried();
      return delivery.retry(Math.min(limits.retryMs.last, limits.retryMs.first * 2 ** Math.min(attempt - 1, 16)));
    }
    metrics.settled(delivery.attempt > 1);
    await delivery.ack();
  }

  async #bury(delivery: Delivery, error: unknown): Promise<void> {
    const { name, log, deadLetters, metrics, chance } = this.#options;
    const { ref, entry } = delivery;
    await deadLetters.put({
      id: `${name}:${log.id}:${keyOf(delivery)}`, consumer: name, source: `${ref.roomId}/${ref.epoch}@${entry.position}`,
      reason: error instanceof Error ? error.message : String(error), payload: JSON.stringify(entry), at: chance.now(),
    });
    metrics.deadLettered();
    await delivery.ack();
  }
}
