import type { DeadLetter, DeadLetters } from '@parley/domain';
import { DEAD_LETTER_STREAM, deadLetterSubject, deadLetterSubjects, jetStreamCall, JetStreamApiError, JS_API, JS_ERROR, type JetStreamFailure, type Nats, type Region } from '@parley/nats';
import { headers } from '@nats-io/transport-node';
import { unavailable } from './errors.ts';

export type NatsDeadLettersOptions = {
  nats: Nats;
  region: Region;
  /** Of the stream, where it is created. Default 1. */
  replicas?: number;
  /** What it may take on disk; above it the oldest letters are let go. Default 1 GiB, or less where the disk has not so much. */
  maxBytes?: number;
  /** Default 5 000. */
  requestTimeoutMs?: number;
};

const DAY_NS = 24 * 60 * 60 * 1_000 * 1_000_000;
/** What a stream may take is set aside for it: where the disk has not so much to give, letters get less, and leave the most of it to the log. */
const BYTES = [1024 ** 3, 16 * 1024 ** 2, 1024 ** 2];
const MESSAGE_ID = 'Nats-Msg-Id';

type StreamInfo = { state: { first_seq: number; last_seq: number; messages: number } };
type Got = { message: { seq: number; data?: string } };

/** Dead letters of all consumers, in a stream that needs nothing but itself to be listed. */
export class NatsDeadLetters implements DeadLetters {
  readonly #nats: Nats;
  readonly #region: Region;
  readonly #timeoutMs: number;

  private constructor({ nats, region, requestTimeoutMs = 5_000 }: NatsDeadLettersOptions) {
    this.#nats = nats;
    this.#region = region;
    this.#timeoutMs = requestTimeoutMs;
  }

  /** Creates the stream where there is none; one that exists stays as it was configured. Throws `unavailable`. */
  static async connect(options: NatsDeadLettersOptions): Promise<NatsDeadLetters> {
    const letters = new NatsDeadLetters(options);
    const configOf = (maxBytes: number): object => ({
      name: DEAD_LETTER_STREAM,
      description: 'What consumers gave up on, for an operator to list and replay.',
      subjects: [deadLetterSubjects()],
      storage: 'file', retention: 'limits', max_age: 0, max_bytes: maxBytes, max_msgs: -1, discard: 'old',
      num_replicas: options.replicas ?? 1,
      // The same letter is put again only while its entry is redelivered.
      duplicate_window: DAY_NS,
    });
    const sizes = options.maxBytes === undefined ? BYTES : [options.maxBytes];
    for (const [n, maxBytes] of sizes.entries()) {
      try {
        await letters.#call(JS_API.streamCreate(DEAD_LETTER_STREAM), configOf(maxBytes));
        return letters;
      } catch (error) {
        const code = error instanceof JetStreamApiError ? error.errCode : null;
        if (code === JS_ERROR.streamNameInUse) return letters;
        if (code !== JS_ERROR.storageResourcesExceeded || n === sizes.length - 1) throw unavailable(error);
      }
    }
    return letters;
  }

  async put(letter: DeadLetter): Promise<void> {
    const fields = headers();
    fields.set(MESSAGE_ID, letter.id);
    try {
      const subject = deadLetterSubject(this.#region, letter.consumer);
      const answer = await this.#nats.request(subject, JSON.stringify(letter), { timeoutMs: this.#timeoutMs, headers: fields });
      const { error } = answer.json<{ error?: JetStreamFailure }>();
      if (error) throw new JetStreamApiError(subject, error);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async list(limit: number): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const { letter } of this.#all()) {
      if (letters.length === limit) break;
      letters.push(letter);
    }
    return letters.slice(0, limit);
  }

  async remove(id: string): Promise<void> {
    for await (const { letter, seq } of this.#all()) {
      if (letter.id !== id) continue;
      try {
        await this.#call(JS_API.messageDelete(DEAD_LETTER_STREAM), { seq, no_erase: true });
      } catch (error) {
        // Somebody else has removed it.
        if (!(error instanceof JetStreamApiError) || error.errCode !== JS_ERROR.messageNotFound) throw unavailable(error);
      }
      // Goes on: what was put again after more than a day stands there twice.
    }
  }

  async *#all(): AsyncGenerator<{ letter: DeadLetter; seq: number }> {
    try {
      const { state } = await this.#call<StreamInfo>(JS_API.streamInfo(DEAD_LETTER_STREAM), undefined);
      for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq += 1) {
        const got = await this.#next(seq);
        if (!got) return;
        seq = got.message.seq;
        yield { letter: JSON.parse(Buffer.from(got.message.data ?? '', 'base64').toString('utf8')) as DeadLetter, seq };
      }
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** The first letter at or after `seq`. */
  async #next(seq: number): Promise<Got | null> {
    try {
      return await this.#call<Got>(JS_API.messageGet(DEAD_LETTER_STREAM), { seq, next_by_subj: deadLetterSubjects() });
    } catch (error) {
      if (error instanceof JetStreamApiError && error.errCode === JS_ERROR.messageNotFound) return null;
      throw error;
    }
  }

  #call<T>(subject: string, body: unknown): Promise<T> {
    return jetStreamCall<T>(this.#nats, subject, body, this.#timeoutMs);
  }
}
