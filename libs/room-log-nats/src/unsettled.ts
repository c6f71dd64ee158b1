import { shardOf, type Position, type Shard } from '@parley/domain';
import { jetStreamCall, JS_API, logConsumerName, logSubjectsOfShard } from '@parley/nats';
import type { RoomId } from '@parley/protocol';
import type { LogStream } from './log-stream.ts';
import type { Settings } from './options.ts';

type ConsumerInfo = { name: string; config: { filter_subject?: string }; ack_floor: { stream_seq: number }; num_pending: number; num_ack_pending: number };
type Page = { total: number; limit: number; consumers: ConsumerInfo[] | null };

/** How long an answer is good for: consumers only get further, so an old one keeps more than need be. */
const GOOD_FOR_MS = 1_000;
/** Entries of all rooms that wait for a consumer, at most: one that nobody runs any more must not fill the disk. */
export const MOST_KEPT = 1_000_000;

/** How far consumers have come, so that no purge takes from one what it has yet to see. */
export class Unsettled {
  readonly #settings: Settings;
  readonly #stream: LogStream;
  #known: { stream: string; at: number; consumers: Promise<ConsumerInfo[]> } | null = null;
  #highest: Position = 0;

  constructor(settings: Settings, stream: LogStream) {
    this.#settings = settings;
    this.#stream = stream;
  }

  /** `below`, or the first entry of the room's shard that a consumer other than `but` has not settled, if that is lower. */
  async lowest(roomId: RoomId, below: Position, but: string | undefined): Promise<Position> {
    this.#highest = Math.max(this.#highest, below);
    const shard = shardOf(roomId);
    const filter = logSubjectsOfShard(this.#settings.region, shard);
    const waiting = (await this.#consumers()).filter(({ name, config, num_pending: pending, num_ack_pending: unsettled }) =>
      config.filter_subject === filter && name !== nameOf(but, shard) && pending + unsettled > 0);
    const lowest = Math.min(below, ...waiting.map(({ ack_floor: floor }) => floor.stream_seq + 1));
    return Math.min(below, Math.max(lowest, this.#highest - MOST_KEPT));
  }

  #consumers(): Promise<ConsumerInfo[]> {
    const now = performance.now();
    const stream = this.#stream.name;
    if (this.#known?.stream === stream && now - this.#known.at < GOOD_FOR_MS) return this.#known.consumers;
    const consumers = this.#list(stream);
    this.#known = { stream, at: now, consumers };
    consumers.catch(() => { this.#known = null; });
    return consumers;
  }

  async #list(stream: string): Promise<ConsumerInfo[]> {
    const { nats, requestTimeoutMs } = this.#settings;
    const found: ConsumerInfo[] = [];
    for (;;) {
      const { consumers, total } = await jetStreamCall<Page>(nats, JS_API.consumerList(stream), { offset: found.length }, requestTimeoutMs);
      found.push(...(consumers ?? []));
      if (found.length >= total || !consumers?.length) return found;
    }
  }
}

const nameOf = (consumer: string | undefined, shard: Shard): string | null => (consumer === undefined ? null : logConsumerName(consumer, shard));
