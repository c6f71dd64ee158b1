import { RoomLogError, type ConsumerOptions, type Delivery, type LogConsumer, type Undecodable } from '@parley/domain';
import { jetStreamCall, JS_API, logConsumerName, logSubjectsOfShard } from '@parley/nats';
import { createInbox, type Msg } from '@nats-io/transport-node';
import { NO_CONSUMER_YET, parseDelivery } from './delivery-subject.ts';
import { decodeEntry } from './entry-codec.ts';
import { unavailable } from './errors.ts';
import type { LogStream } from './log-stream.ts';
import type { Settings } from './options.ts';
import { storedOf } from './page-reader.ts';

const nanos = (ms: number): number => ms * 1_000_000;

/** Status of a pull that ended because there was no more, or not in time. */
const NOTHING_LEFT = new Set([404, 408]);

/** A pull without any is not answered at all while the bound of unsettled deliveries is reached. */
const SHORTEST_WAIT_MS = 10;

/** A durable pull consumer of one shard. Each fetch is a pull of its own, so nothing is kept between two of them. */
export class ShardConsumer implements LogConsumer {
  readonly #settings: Settings;
  readonly #stream: LogStream;
  readonly #options: Required<ConsumerOptions>;
  readonly #name: string;
  /** The stream in which the consumer is known to exist. */
  #ensuredIn = '';
  #closed = false;
  #flushing: Promise<void> | undefined;

  constructor(settings: Settings, stream: LogStream, options: ConsumerOptions) {
    this.#settings = settings;
    this.#stream = stream;
    this.#options = { ackWaitMs: 30_000, maxUnsettled: 2_000, ...options };
    this.#name = logConsumerName(options.name, options.shard);
  }

  /** Creates it, or finds it as it is. Throws `unavailable`. */
  async ensure(): Promise<void> {
    const stream = this.#stream.name;
    if (this.#ensuredIn === stream) return;
    const { region, nats, requestTimeoutMs } = this.#settings;
    const filter = logSubjectsOfShard(region, this.#options.shard);
    const config = {
      name: this.#name, durable_name: this.#name, filter_subject: filter, deliver_policy: 'all', ack_policy: 'explicit',
      ack_wait: nanos(this.#options.ackWaitMs), max_ack_pending: this.#options.maxUnsettled,
      // How often is the worker's decision: it sees the attempt.
      max_deliver: -1,
    };
    try {
      await jetStreamCall(nats, JS_API.consumerCreate(stream, this.#name, filter), { stream_name: stream, config }, requestTimeoutMs);
    } catch (error) {
      this.#stream.refreshSoon();
      throw unavailable(error);
    }
    this.#ensuredIn = stream;
  }

  async fetch(max: number, waitMs: number): Promise<(Delivery | Undecodable)[]> {
    if (this.#closed) throw new RoomLogError('unavailable', 'the consumer is closed');
    await this.ensure();
    // More than may be unsettled could only be waited for.
    return this.#pull(Math.min(max, this.#options.maxUnsettled), Math.max(waitMs, SHORTEST_WAIT_MS));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #pull(batch: number, waitMs: number): Promise<(Delivery | Undecodable)[]> {
    const { nats, requestTimeoutMs } = this.#settings;
    const subject = JS_API.consumerNext(this.#ensuredIn, this.#name);
    return new Promise((resolve, reject) => {
      if (!nats.connected) return reject(new RoomLogError('unavailable', 'not connected to NATS'));
      const inbox = createInbox();
      const found: (Delivery | Undecodable)[] = [];
      const lateAt = performance.now() + NO_CONSUMER_YET.atMostMs;
      let again: NodeJS.Timeout | undefined;
      const end = (error?: unknown): void => {
        clearTimeout(timer);
        clearTimeout(again);
        unfollow();
        subscription.unsubscribe();
        // What has arrived is delivered: it must not wait for its ack to run out.
        if (error === undefined || found.length > 0) return resolve(found);
        this.#ensuredIn = '';
        if (nats.connected) this.#stream.refreshSoon();
        reject(unavailable(error));
      };
      const unfollow = nats.onStatus(({ type }) => {
        if (type === 'disconnected' || type === 'closed') end(new Error('the connection was lost'));
      });
      const timer = setTimeout(() => end(new Error('the consumer does not answer in time')), waitMs + requestTimeoutMs);
      const subscription = nats.nc.subscribe(inbox, {
        callback: (error, message) => {
          if (error) return end(error);
          if (message.subject === inbox) {
            const code = message.headers?.code ?? 0;
            if (code === NO_CONSUMER_YET.code && nats.connected && performance.now() < lateAt) {
              again = setTimeout(ask, NO_CONSUMER_YET.againMs);
              return;
            }
            return end(NOTHING_LEFT.has(code) ? undefined : new Error(`the consumer answered ${code} ${message.headers?.description ?? ''}`));
          }
          found.push(this.#deliveryOf(message));
          if (found.length === batch) end();
        },
      });
      // Both together: wait for the first, then take what is there and end.
      const ask = (): void => nats.nc.publish(subject, JSON.stringify({ batch, no_wait: true, expires: nanos(waitMs) }), { reply: inbox });
      ask();
    });
  }

  #deliveryOf(message: Msg): Delivery | Undecodable {
    const reply = message.reply ?? '';
    const { position, attempt } = parseDelivery(reply);
    const ack = (): Promise<void> => this.#settle(reply, '+ACK');
    try {
      const { ref, entry } = decodeEntry(storedOf(message));
      return { entry, ref, attempt, ack, retry: (delayMs) => this.#settle(reply, `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      return { entry: null, raw: message.string(), position, subject: message.subject, attempt, reason, ack };
    }
  }

  async #settle(reply: string, how: string): Promise<void> {
    const { nats, requestTimeoutMs } = this.#settings;
    if (!nats.connected) throw new RoomLogError('unavailable', 'not connected to NATS');
    nats.nc.publish(reply, how);
    // All that is settled in one turn shares a round trip.
    this.#flushing ??= Promise.resolve().then(() => {
      this.#flushing = undefined;
      return nats.flush(requestTimeoutMs);
    });
    await this.#flushing.catch((error: unknown) => {
      throw unavailable(error);
    });
  }
}
