import { RoomLogError } from '@parley/domain';
import { jetStreamCall, JS_API, logSubjectsOfRegion, headSubjectsOfRegion, type Nats } from '@parley/nats';
import { createStream } from './create-stream.ts';
import { unavailable } from './errors.ts';
import { LogHome } from './log-home.ts';
import type { Settings } from './options.ts';

type StreamInfo = { config: Record<string, unknown> & { num_replicas: number; max_bytes: number }; state: { bytes: number } };

/** Below this a replicated stream's compare-and-set is not atomic: of equal appends several are acked. */
const REPLICATED_SINCE = { major: 2, minor: 12 };

const assertReplicable = (nats: Nats, replicas: number): void => {
  const { version } = nats.nc.info ?? {};
  if (replicas <= 1 || version === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > REPLICATED_SINCE.major || (major === REPLICATED_SINCE.major && minor >= REPLICATED_SINCE.minor)) return;
  throw new RoomLogError('unsupported_server', `nats-server ${version} does not compare and set atomically with ${replicas} replicas: 2.12 or later does, and one replica is safe on any`);
};

/** The stream behind a region's log: found by its subjects, since its name is new whenever it is created. */
export class LogStream {
  readonly #settings: Settings;
  readonly #home: LogHome;
  readonly #listeners = new Set<(name: string) => void>();
  #name = '';
  #replicas = 1;
  #refreshing: Promise<void> | undefined;
  /** Set while the server must not be used. */
  #refusal: RoomLogError | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#home = new LogHome(settings);
  }

  get name(): string {
    return this.#name;
  }

  /** Copies of it, or as many as there shall be. */
  get replicas(): number {
    return this.#replicas;
  }

  /** Throws `unsupported_server` if the server that answers now must not be appended to. */
  assertUsable(): void {
    if (this.#refusal) throw this.#refusal;
  }

  onChange(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Finds the stream, or creates it. Several at once are one. Throws `unavailable` and `unsupported_server`. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#find()
      .catch((error: unknown) => {
        const failure = unavailable(error);
        this.#refusal = failure.code === 'unsupported_server' ? failure : undefined;
        throw failure;
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  /** Where nobody waits for it. A failure shows itself at the next use. */
  refreshSoon(): void {
    void this.tryRefresh();
  }

  async tryRefresh(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.#settings.warn('the log could not be looked up', error);
    }
  }

  /** False also where it cannot be told. */
  async isFullFor(bytes: number): Promise<boolean> {
    try {
      const { config, state } = await this.#call<StreamInfo>(JS_API.streamInfo(this.#name), undefined);
      return config.max_bytes >= 0 && state.bytes + bytes > config.max_bytes;
    } catch {
      return false;
    }
  }

  async #find(): Promise<void> {
    const name = (await this.#lookUp()) ?? (await this.#create());
    const { config } = await this.#call<StreamInfo>(JS_API.streamInfo(name), undefined);
    const replicas = Math.max(config.num_replicas, this.#settings.replicas);
    assertReplicable(this.#settings.nats, replicas);
    if (replicas > config.num_replicas) await this.#call(JS_API.streamUpdate(name), { ...config, num_replicas: replicas });
    this.#refusal = undefined;
    this.#replicas = replicas;
    if (name === this.#name) return;
    if (this.#name !== '') this.#settings.warn(`the log ${this.#name} is gone, ${name} is in its place`);
    this.#name = name;
    for (const listener of this.#listeners) listener(name);
  }

  async #lookUp(): Promise<string | undefined> {
    const subject = logSubjectsOfRegion(this.#settings.region);
    const { streams } = await this.#call<{ streams: string[] | null }>(JS_API.streamNames(), { subject });
    if (streams && streams.length > 1) throw new RoomLogError('unavailable', `several streams hold ${subject}: ${streams.join(', ')}`);
    return streams?.[0];
  }

  /** All starters create the stream of the claimed name; which of them does is all the same. */
  async #create(): Promise<string> {
    assertReplicable(this.#settings.nats, this.#settings.replicas);
    const claim = await this.#home.claim(() => this.#lookUp());
    if (!claim.created) {
      await this.#createAs(claim.stream);
      await this.#home.confirm(claim);
    }
    return claim.stream;
  }

  async #createAs(name: string): Promise<void> {
    const { region, replicas, maxBytes } = this.#settings;
    const subject = logSubjectsOfRegion(region);
    const config = {
      name,
      description: 'The logs of all rooms. Compared and set by each append; trimmed by persistence alone.',
      subjects: [subject],
      storage: 'file', retention: 'limits', max_age: 0, max_bytes: maxBytes, max_msgs: -1, max_msgs_per_subject: -1, num_replicas: replicas,
      // An append that finds no room must fail; the alternative forgets the oldest entries.
      discard: 'new',
      // Trimming is a purge; nothing ever takes a single entry out of the middle.
      deny_delete: true, deny_purge: false,
      // Reads must see what was appended, so the leader answers them.
      allow_direct: false,
      republish: { src: subject, dest: headSubjectsOfRegion(region), headers_only: true },
    };
    await createStream((subject, body) => this.#call(subject, body), name, config);
  }

  #call<T>(subject: string, body: unknown): Promise<T> {
    return jetStreamCall<T>(this.#settings.nats, subject, body, this.#settings.requestTimeoutMs);
  }
}
