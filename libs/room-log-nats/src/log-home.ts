import { realChance, RoomLogError } from '@parley/domain';
import { jetStreamCall, JetStreamApiError, JS_API, JS_ERROR, logHomeStream, logHomeSubject, logStreamName, type JetStreamFailure } from '@parley/nats';
import { headers } from '@nats-io/transport-node';
import { createStream } from './create-stream.ts';
import type { Settings } from './options.ts';

/** `created`: the stream was there once. A stream that was and is not is lost, and its name is not used again. */
export type Claim = { stream: string; created: boolean; position: number };

type Got = { message: { seq: number; data?: string } };

const TRIES = 20;

/**
 * Makes the creation of the log one of several starters' safe. A stream's subjects alone do not: nats-server 2.12.0
 * lets two streams with the same subjects be created at once. Two streams of one name it does not, nor two answers to
 * one compare-and-set; so the name is agreed on here first.
 */
export class LogHome {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The name to create the log under, or of the log that somebody has created meanwhile. */
  async claim(lookUp: () => Promise<string | undefined>): Promise<Claim> {
    await this.#ensureStream();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const claim = await this.#last();
      if (claim && !claim.created) return claim;
      // Asked after the claim was read: what had been created by then is found, unless it was lost.
      const stream = await lookUp();
      if (stream !== undefined) return { stream, created: true, position: claim?.position ?? 0 };
      await this.#put({ stream: logStreamName(realChance.eventId()), created: false, position: claim?.position ?? 0 });
    }
    throw new RoomLogError('unavailable', 'the name of the log could not be agreed on');
  }

  /** Somebody else may have been first. */
  async confirm(claim: Claim): Promise<void> {
    await this.#put({ ...claim, created: true });
  }

  async #ensureStream(): Promise<void> {
    const { region, replicas } = this.#settings;
    const name = logHomeStream(region);
    const config = {
      name, description: 'Which stream is the log of all rooms, while it is being created.', subjects: [logHomeSubject(region)],
      storage: 'file', retention: 'limits', discard: 'old', max_msgs_per_subject: 8, num_replicas: replicas,
    };
    await createStream((subject, body) => this.#call(subject, body), name, config);
  }

  async #last(): Promise<Claim | null> {
    const { region } = this.#settings;
    try {
      const { message } = await this.#call<Got>(JS_API.messageGet(logHomeStream(region)), { last_by_subj: logHomeSubject(region) });
      const { stream, created } = JSON.parse(Buffer.from(message.data ?? '', 'base64').toString('utf8')) as Omit<Claim, 'position'>;
      return { stream, created, position: message.seq };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.errCode === JS_ERROR.messageNotFound) return null;
      throw error;
    }
  }

  /** In the place of the claim at `position`, if that is still the last. */
  async #put({ stream, created, position }: Claim): Promise<void> {
    const { nats, region, requestTimeoutMs } = this.#settings;
    const fields = headers();
    fields.set('Nats-Expected-Last-Subject-Sequence', String(position));
    const subject = logHomeSubject(region);
    const answer = await nats.request(subject, JSON.stringify({ stream, created }), { timeoutMs: requestTimeoutMs, headers: fields });
    const { error } = answer.json<{ error?: JetStreamFailure }>();
    const isConflict = error?.err_code === JS_ERROR.wrongLastSequence || error?.err_code === JS_ERROR.wrongLastSequenceInFlight;
    if (error && !isConflict) throw new JetStreamApiError(subject, error);
  }

  #call<T>(subject: string, body: unknown): Promise<T> {
    return jetStreamCall<T>(this.#settings.nats, subject, body, this.#settings.requestTimeoutMs);
  }
}
