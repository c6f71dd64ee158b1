import { realChance, RoomLogError, type LogEntry, type LogPage, type Position, type RoomRef } from '@parley/domain';
import { jetStreamCall, JetStreamApiError, JS_API, JS_ERROR, logSubject, NatsRequestError } from '@parley/nats';
import { createInbox, type Msg } from '@nats-io/transport-node';
import { decodeEntry, firstSeqOf, type StoredMessage } from './entry-codec.ts';
import type { LogStream } from './log-stream.ts';
import type { Settings } from './options.ts';
import { NO_CONSUMER_YET, parseDelivery } from './delivery-subject.ts';

/** Up to here single requests are faster than a consumer, which takes two more of them to set up (docs/performance.md). */
const SINGLE_READS = 8;
/** A page ends early above this, so that a log of large entries does not fill the memory. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** Of one pull. */
const PULL_ENTRIES = 100;
/**
 * For a reading consumer to be made, and then between two of its entries. JetStream puts it on one server of the stream's, and for half a
 * minute also on one that was killed: then nothing is heard of it.
 */
const CONSUMER_PATIENCE_MS = 750;
/** The server forgets a reading consumer that nobody pulls from. */
const CONSUMER_IDLE_MS = 10_000;

type Got = { message: { subject: string; seq: number; hdrs?: string; data?: string } };
const fromBase64 = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');
const nanos = (ms: number): number => ms * 1_000_000;

/** Nothing came of it, which says nothing of the log. */
class ConsumerSilent extends Error {
  override readonly name = 'ConsumerSilent';
}

/** Pages of one room's log, read from the stream's leader. */
export class PageReader {
  readonly #settings: Settings;
  readonly #stream: LogStream;

  constructor(settings: Settings, stream: LogStream) {
    this.#settings = settings;
    this.#stream = stream;
  }

  async read(ref: RoomRef, from: Position, limit: number): Promise<LogPage> {
    // One stream for the whole page: if it is replaced meanwhile, requests by its name fail, and two logs are never mixed.
    const stream = this.#stream.name;
    const subject = logSubject(this.#settings.region, ref);
    // Both are asked after the read began, so whatever was answered before it is seen.
    const [first, last] = await Promise.all([
      this.#get(stream, { seq: Math.max(1, from), next_by_subj: subject }),
      this.#get(stream, { last_by_subj: subject }),
    ]);
    if (!first) return { entries: [], atEnd: true };
    const end = Math.max(first.position, last?.position ?? 0);
    const page = new Page(limit, end);
    page.add(first);
    await this.#readSingly(stream, subject, page, last, SINGLE_READS);
    if (page.wantsMore) {
      try {
        await this.#pull(stream, subject, page);
      } catch (error) {
        if (!(error instanceof ConsumerSilent)) throw error;
        await this.#readSingly(stream, subject, page, last, limit);
      }
    }
    return { entries: page.entries, atEnd: page.reached >= end };
  }

  /** Up to `most` entries of the page, one after the other. */
  async #readSingly(stream: string, subject: string, page: Page, last: StoredMessage | null, most: number): Promise<void> {
    for (let reads = 1; page.wantsMore && reads < most; reads += 1) {
      const next = last && firstSeqOf(last) === page.seq + 1 ? last : await this.#get(stream, { seq: page.reached + 1, next_by_subj: subject });
      if (!next) return;
      page.add(next);
    }
  }

  /** The entry at `position`, of whichever room. */
  async subjectAt(position: Position): Promise<string | null> {
    return (await this.#get(this.#stream.name, { seq: position }))?.subject ?? null;
  }

  async #get(stream: string, query: object): Promise<StoredMessage | null> {
    try {
      const { message } = await jetStreamCall<Got>(this.#settings.nats, JS_API.messageGet(stream), query, this.#settings.requestTimeoutMs);
      return { subject: message.subject, position: message.seq, headers: fromBase64(message.hdrs), payload: fromBase64(message.data) };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.errCode === JS_ERROR.messageNotFound) return null;
      throw error;
    }
  }

  /** The rest of a long page by a consumer of its own, up to the end that the leader told. Throws {@link ConsumerSilent}, and what else may go wrong. */
  async #pull(stream: string, subject: string, page: Page): Promise<void> {
    const { nats, requestTimeoutMs } = this.#settings;
    const patienceMs = Math.min(CONSUMER_PATIENCE_MS, requestTimeoutMs);
    const name = `read-${realChance.eventId()}`;
    await jetStreamCall(nats, JS_API.consumerCreate(stream, name, subject), {
      stream_name: stream,
      config: {
        name, filter_subject: subject, deliver_policy: 'by_start_sequence', opt_start_seq: page.reached + 1, ack_policy: 'none',
        mem_storage: true, num_replicas: 1, inactive_threshold: nanos(CONSUMER_IDLE_MS),
      },
    }, patienceMs).catch((error: unknown) => {
      throw error instanceof NatsRequestError && error.reason === 'timeout' ? new ConsumerSilent('the reading consumer was not made', { cause: error }) : error;
    });
    try {
      while (page.wantsMore) await this.#pullOnce(stream, name, page, patienceMs);
    } finally {
      // Where this fails, the server forgets it by itself.
      nats.request(JS_API.consumerDelete(stream, name), '', { timeoutMs: requestTimeoutMs }).catch(() => {});
    }
  }

  #pullOnce(stream: string, consumer: string, page: Page, patienceMs: number): Promise<void> {
    const { nats, requestTimeoutMs } = this.#settings;
    const batch = Math.min(PULL_ENTRIES, page.missing);
    return new Promise((resolve, reject) => {
      const inbox = createInbox();
      let left = batch;
      let again: NodeJS.Timeout | undefined;
      const end = (error?: Error): void => {
        clearTimeout(timer);
        clearTimeout(again);
        unfollow();
        subscription.unsubscribe();
        if (error) reject(error);
        else resolve();
      };
      const unfollow = nats.onStatus(({ type }) => {
        if (type === 'disconnected' || type === 'closed') end(new RoomLogError('unavailable', 'the connection was lost'));
      });
      const timer = setTimeout(() => end(new ConsumerSilent('the reading consumer is silent')), patienceMs);
      const subscription = nats.nc.subscribe(inbox, {
        callback: (_, message: Msg) => {
          if (message.subject === inbox && message.headers?.code === NO_CONSUMER_YET.code && nats.connected) {
            again = setTimeout(ask, NO_CONSUMER_YET.againMs);
            return;
          }
          // Any other status of a consumer that reads a log with more to read can only be bad news.
          if (message.subject === inbox) return end(new RoomLogError('unavailable', `the reading consumer ended: ${message.headers?.description ?? ''}`));
          try {
            page.add(storedOf(message));
          } catch (error) {
            return end(error as Error);
          }
          left -= 1;
          timer.refresh();
          if (left === 0 || !page.wantsMore) end();
        },
      });
      const ask = (): void => nats.nc.publish(JS_API.consumerNext(stream, consumer), JSON.stringify({ batch, expires: nanos(requestTimeoutMs) }), { reply: inbox });
      ask();
    });
  }
}

/** A message as a consumer delivers it, in the form in which it is stored. */
export const storedOf = (message: Msg): StoredMessage => ({
  subject: message.subject,
  position: parseDelivery(message.reply ?? '').position,
  payload: message.string(),
  headers: message.headers ? [...message.headers].map(([key, values]) => values.map((value) => `\r\n${key}: ${value}`).join('')).join('') + '\r\n' : '',
});

class Page {
  readonly entries: LogEntry[] = [];
  readonly #limit: number;
  readonly #end: Position;
  #bytes = 0;
  reached: Position = 0;
  /** Of the last event. */
  seq = 0;

  constructor(limit: number, end: Position) {
    this.#limit = limit;
    this.#end = end;
  }

  get wantsMore(): boolean {
    return this.reached < this.#end && this.missing > 0 && this.#bytes < PAGE_BYTES;
  }

  get missing(): number {
    return this.#limit - this.entries.length;
  }

  /** Throws `corrupt_entry`. */
  add(stored: StoredMessage): void {
    if (stored.position <= this.reached) return;
    const { entry } = decodeEntry(stored);
    this.entries.push(entry);
    this.seq = entry.events.at(-1)?.seq ?? this.seq;
    this.reached = stored.position;
    this.#bytes += stored.payload.length;
  }
}
