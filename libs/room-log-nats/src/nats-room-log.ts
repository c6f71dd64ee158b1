import { realChance, RoomLogError, type ConsumerOptions, type Head, type LogConsumer, type LogPage, type NewEntry, type Position, type RoomLog, type RoomRef, type Unwatch } from '@parley/domain';
import { jetStreamCall, JetStreamApiError, JS_API, JS_ERROR, logSubject, type JetStreamFailure } from '@parley/nats';
import type { RoomId } from '@parley/protocol';
import { encodeEntry } from './entry-codec.ts';
import { appendFailure, appendRefusal, unavailable } from './errors.ts';
import { Elsewhere } from './elsewhere.ts';
import { Heads } from './heads.ts';
import { LeaderContact } from './leader-contact.ts';
import { LogStream } from './log-stream.ts';
import { settingsOf, type NatsRoomLogOptions, type Settings } from './options.ts';
import { PageReader } from './page-reader.ts';
import { ShardConsumer } from './shard-consumer.ts';
import { Unsettled } from './unsettled.ts';

const PAGE = 500;
const SETTLING_MS = 50;
/** What the stream stores beside a payload: subject, headers, its own notes. */
const RECORD_BYTES = 512;

/** The logs of all rooms of a region in one JetStream stream; a room's log is a subject of it, a position a stream sequence. */
export class NatsRoomLog implements RoomLog {
  readonly #settings: Settings;
  readonly #stream: LogStream;
  readonly #reader: PageReader;
  readonly #heads: Heads;
  readonly #elsewhere: Elsewhere;
  readonly #contact: LeaderContact;
  readonly #unsettled: Unsettled;
  readonly #appends = new Set<Promise<Position>>();
  readonly #unanswered = new Set<(error: RoomLogError) => void>();
  readonly #unfollow: () => void;
  #closed = false;

  private constructor(settings: Settings, stream: LogStream) {
    this.#settings = settings;
    this.#stream = stream;
    this.#reader = new PageReader(settings, stream);
    this.#contact = new LeaderContact(settings, stream);
    this.#unsettled = new Unsettled(settings, stream);
    this.#heads = new Heads(settings, stream, this.#contact);
    this.#heads.onLeader(() => {
      for (const abandon of this.#unanswered) abandon(new RoomLogError('unknown_outcome', 'the log has another leader, which was not asked'));
    });
    this.#elsewhere = new Elsewhere(settings, this.#heads);
    this.#unfollow = settings.nats.onStatus(({ type }) => {
      // Another server may have come back in its place, with another log or of another version.
      if (type === 'connected') stream.refreshSoon();
    });
  }

  /** Finds the region's log or creates it; any number may at once. Throws `unavailable` and `unsupported_server`. The connection stays the caller's. */
  static async connect(options: NatsRoomLogOptions): Promise<NatsRoomLog> {
    try {
      return await NatsRoomLog.#connect(settingsOf(options));
    } catch (error) {
      // Its server may be cut off from the others: whoever tries again tries another.
      if (error instanceof RoomLogError && error.code === 'unavailable') await options.nats.moveOn().catch(() => {});
      throw error;
    }
  }

  static async #connect(settings: Settings): Promise<NatsRoomLog> {
    const stream = new LogStream(settings);
    await stream.refresh();
    const log = new NatsRoomLog(settings, stream);
    // A stream just created is not known to every server of a cluster at once.
    const lateAt = performance.now() + settings.requestTimeoutMs;
    for (;;) {
      try {
        await log.#heads.confirm();
        return log;
      } catch (error) {
        if (performance.now() < lateAt && settings.nats.connected) {
          await realChance.sleep(SETTLING_MS);
          continue;
        }
        await log.close();
        throw unavailable(error);
      }
    }
  }

  get id(): string {
    return this.#stream.name;
  }

  get headsLive(): boolean {
    return this.#heads.live;
  }

  append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    const append = this.#append(ref, entry, expected).finally(() => this.#appends.delete(append));
    this.#appends.add(append);
    return append;
  }

  async read(ref: RoomRef, from: Position, limit = PAGE): Promise<LogPage> {
    this.#assertOpen();
    return this.#asking(async () => {
      const page = await this.#reader.read(ref, from, limit);
      await this.#contact.assertRecent();
      return page;
    });
  }

  async purge(ref: RoomRef, below: Position, consumer?: string): Promise<Position> {
    this.#assertOpen();
    const filter = logSubject(this.#settings.region, ref);
    return this.#asking(async () => {
      const stream = this.#stream.name;
      const seq = await this.#unsettled.lowest(ref.roomId, below, consumer);
      // Without an entry at the bound the purge could empty the log.
      if ((await this.#reader.subjectAt(below)) !== filter) return below;
      // Nothing is below 1, and a server takes a bound of 1 for none: it would purge everything.
      if (seq <= 1) return seq;
      await jetStreamCall(this.#settings.nats, JS_API.streamPurge(stream), { filter, seq }, this.#settings.requestTimeoutMs);
      return seq;
    });
  }

  async watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    this.#assertOpen();
    return this.#heads.watch(roomId, listener);
  }

  onHeadsLive(listener: (live: boolean) => void): Unwatch {
    return this.#heads.onLive(listener);
  }

  async consumer(options: ConsumerOptions): Promise<LogConsumer> {
    this.#assertOpen();
    const consumer = new ShardConsumer(this.#settings, this.#stream, options);
    await consumer.ensure();
    return consumer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unfollow();
    await Promise.allSettled(this.#appends);
    this.#elsewhere.close();
    this.#heads.close();
  }

  async #append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    this.#assertOpen();
    this.#stream.assertUsable();
    const { nats, region, appendTimeoutMs, maxAppends } = this.#settings;
    if (this.#appends.size >= maxAppends) throw new RoomLogError('unavailable', `${maxAppends} appends are under way`);
    const stream = this.#stream.name;
    const { payload, headers } = encodeEntry(entry, stream, expected);
    const subject = logSubject(region, ref);
    let answer: { stream?: string; seq?: number; error?: JetStreamFailure };
    try {
      answer = (await this.#untilAnotherLeader(nats.request(subject, payload, { timeoutMs: appendTimeoutMs, headers }))).json();
    } catch (error) {
      const failure = appendFailure(error);
      // Connected, and nobody takes it: the stream may be gone.
      if (failure.code === 'unavailable' && nats.connected) this.#stream.refreshSoon();
      throw failure;
    }
    if (answer.error) throw await this.#refusal(new JetStreamApiError(subject, answer.error), payload);
    if (answer.stream !== stream || !answer.seq) throw new RoomLogError('unknown_outcome', `an answer that is none: ${JSON.stringify(answer)}`);
    return answer.seq;
  }

  /** The answer, unless the leader that was asked is deposed first. */
  #untilAnotherLeader<T>(answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#unanswered.add(reject);
      answer.then(resolve, reject).finally(() => this.#unanswered.delete(reject));
    });
  }

  async #refusal(error: JetStreamApiError, payload: string): Promise<RoomLogError> {
    // Whoever catches up after this conflict must see the log's new identity.
    if (error.errCode === JS_ERROR.streamNotMatch) await this.#stream.tryRefresh();
    if (error.errCode !== JS_ERROR.storeFailed) return appendRefusal(error);
    // Says only that storing failed: a disk that failed may have stored something, a bound that was reached has not.
    const isFull = await this.#stream.isFullFor(Buffer.byteLength(payload) + RECORD_BYTES);
    return new RoomLogError(isFull ? 'full' : 'unknown_outcome', error.message, { cause: error });
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      // Gone, or without a leader: look it up again, so that the next question goes to the right one.
      if (error instanceof JetStreamApiError && error.errCode === JS_ERROR.streamNotFound) await this.#stream.tryRefresh();
      throw unavailable(error);
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new RoomLogError('unavailable', 'the log is closed');
  }
}
