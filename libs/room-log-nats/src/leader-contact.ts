import { RoomLogError } from '@parley/domain';
import { jetStreamCall, JS_API } from '@parley/nats';
import type { LogStream } from './log-stream.ts';
import type { Settings } from './options.ts';

type Peer = { active?: number };
type Info = { cluster?: { leader?: string; replicas?: Peer[] } };

/**
 * The others elect a new leader 4 s after they last heard of theirs, at the earliest (`minElectionTimeout` of nats-server,
 * as is the next). A leader that most of them answered within this is the only one.
 */
const CONTACT_MS = 3_000;
/** A follower of an idle stream is heard of once a heartbeat of 1 s, or every second one. */
const CONTACT_HOLDS_MS = 1_000;
const NANOS = 1_000_000;

/**
 * Whether what answers as the stream's leader still is one. Cut off from the others, a leader of nats-server goes on
 * answering reads for 10 to 20 s, and refusing appends as a leader would, while the others have elected another.
 * It knows how long ago it heard of each: that is asked for. With one replica there is nothing to ask.
 */
export class LeaderContact {
  readonly #settings: Settings;
  readonly #stream: LogStream;
  /** When the last question was put that had a good answer; monotone milliseconds. */
  #goodAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #askingNext: Promise<void> | undefined;

  constructor(settings: Settings, stream: LogStream) {
    this.#settings = settings;
    this.#stream = stream;
  }

  /** What was read before this call is not older than a second or so. Throws `unavailable` where that cannot be said. */
  async assertRecent(): Promise<void> {
    if (this.#stream.replicas <= 1 || performance.now() - this.#goodAt < CONTACT_HOLDS_MS) return;
    await this.confirm();
  }

  /** Asks the leader, after this call. Several at once are one question. Throws what a request throws, and `unavailable`. */
  confirm(): Promise<void> {
    if (this.#stream.replicas <= 1) return Promise.resolve();
    if (!this.#asking) {
      this.#asking = this.#ask().finally(() => { this.#asking = undefined; });
      return this.#asking;
    }
    // The question under way may be older than what the caller has read.
    this.#askingNext ??= this.#asking.catch(() => {}).then(() => {
      this.#askingNext = undefined;
      return this.confirm();
    });
    return this.#askingNext;
  }

  async #ask(): Promise<void> {
    const { nats, headsProbeTimeoutMs } = this.#settings;
    const at = performance.now();
    const { cluster } = await jetStreamCall<Info>(nats, JS_API.streamInfo(this.#stream.name), undefined, headsProbeTimeoutMs);
    const peers = cluster?.replicas ?? [];
    // 0: never heard of.
    const inContact = 1 + peers.filter(({ active = 0 }) => active > 0 && active < CONTACT_MS * NANOS).length;
    if (inContact * 2 <= peers.length + 1) throw new RoomLogError('unavailable', `the log's leader ${cluster?.leader ?? ''} has lost touch with the others`);
    this.#goodAt = at;
  }
}
