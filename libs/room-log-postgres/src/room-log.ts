import { RoomLogError, type ConsumerOptions, type Head, type LogConsumer, type LogPage, type NewEntry, type Position, type RoomLog, type RoomRef, type Unwatch } from '@parley/domain';
import { isUnavailable, type DatabaseHandle } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { Consumers } from './consumer/consumers.ts';
import { CursorWriter } from './consumer/cursor-writer.ts';
import { Flusher } from './flusher.ts';
import { Heads } from './heads.ts';
import { LogSession } from './log-session.ts';
import { PAGE_ENTRIES, type PostgresRoomLogOptions } from './options.ts';
import { readPage } from './read-page.ts';

/**
 * The room log of a standalone, in the tables that are the archive too. Position: the entry's last `seq`.
 *
 * - Compare-and-set is decided by `log_heads`, over any number of processes; appends of different rooms share a commit.
 * - `purge` keeps everything: the archive is the log.
 * - Heads are told by this object as its own appends are stored, in that order; where the database is `shared`, by the database,
 *   as anyone's are. `headsLive` is whether its session with Postgres stands.
 * - A consumer is delivered to by one process at a time; when that one is gone, what it left unsettled comes again at once.
 */
export class PostgresRoomLog implements RoomLog {
  readonly #database: DatabaseHandle;
  readonly #maxEntryBytes: number;
  readonly #fenceHeads: boolean;
  readonly #session: LogSession;
  readonly #flusher: Flusher;
  readonly #heads: Heads;
  readonly #cursors: CursorWriter;
  readonly #consumers: Consumers;
  #closed: Promise<void> | undefined;

  private constructor(session: LogSession, heads: Heads, options: PostgresRoomLogOptions) {
    const { database, pollMs = 30_000, maxEntryBytes = 1_000_000, onError = () => {} } = options;
    this.#database = database;
    this.#maxEntryBytes = maxEntryBytes;
    this.#fenceHeads = options.mode === 'shared';
    this.#session = session;
    this.#heads = heads;
    this.#cursors = new CursorWriter(database);
    this.#consumers = new Consumers({ pollMs, database, session, cursors: this.#cursors });
    heads.onAny((head) => this.#consumers.noteHead(head));
    this.#flusher = new Flusher(session, options.mode === 'shared' ? null : (head) => heads.tell(head));
    let { logId } = session;
    session.onLive((live) => {
      if (!live) return;
      if (session.logId !== logId) this.#consumers.forget();
      ({ logId } = session);
      // What was under way when the session was lost may have been stored without a word.
      this.#consumers.lookAgain();
      this.#cursors.flush().catch(onError);
    });
  }

  /** Throws `LogHomeMoved` where a cluster has taken over, `LogHomeBusy` where another standalone runs, else `unavailable`. */
  static async open(options: PostgresRoomLogOptions): Promise<PostgresRoomLog> {
    const { database, mode = 'exclusive', waitForHomeMs = 10_000, appendTimeoutMs = 5_000, probeMs = 5_000, onError = () => {} } = options;
    const heads = new Heads(onError);
    const onHead = mode === 'shared' ? (head: Head) => heads.tell(head) : null;
    const session = await LogSession.open({ database, mode, waitForHomeMs, appendTimeoutMs, probeMs, onHead, onError }).catch((cause: unknown) => {
      throw isUnavailable(cause) ? new RoomLogError('unavailable', 'Postgres cannot be reached', { cause }) : cause;
    });
    return new PostgresRoomLog(session, heads, options);
  }

  get id(): string {
    return this.#session.logId;
  }

  async append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position> {
    this.#assertOpen();
    const first = entry.events[0];
    const last = entry.events.at(-1);
    if (!first || !last) throw new RangeError('an entry has at least one event');
    const events = JSON.stringify(entry.events);
    const bytes = Buffer.byteLength(events);
    if (bytes > this.#maxEntryBytes) throw new RoomLogError('too_large', `an entry of ${bytes} bytes; at most ${this.#maxEntryBytes}`);
    return new Promise((resolve, reject) => {
      this.#flusher.add({ ref, events, bytes, firstSeq: first.seq, lastSeq: last.seq, prevId: entry.prevId, expected, resolve, reject });
    });
  }

  async read(ref: RoomRef, from: Position, limit = PAGE_ENTRIES): Promise<LogPage> {
    this.#assertOpen();
    return readPage(this.#database, this.id, ref, from, limit);
  }

  /** Keeps everything. */
  async purge(_ref: RoomRef, below: Position): Promise<Position> {
    this.#assertLive();
    return below;
  }

  async watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch> {
    this.#assertLive();
    if (this.#fenceHeads) await this.#session.fence();
    return this.#heads.watch(roomId, listener);
  }

  get headsLive(): boolean {
    return this.#session.live;
  }

  onHeadsLive(listener: (live: boolean) => void): Unwatch {
    return this.#session.onLive(listener);
  }

  async consumer(options: ConsumerOptions): Promise<LogConsumer> {
    this.#assertLive();
    return this.#consumers.open(options);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#flusher.drain();
    await this.#consumers.close();
    await this.#cursors.flush().catch(() => {});
    await this.#session.close();
    this.#heads.clear();
  }

  #assertOpen(): void {
    if (this.#closed) throw new RoomLogError('unavailable', 'the log is closed');
  }

  #assertLive(): void {
    this.#assertOpen();
    if (!this.#session.live) throw new RoomLogError('unavailable', 'Postgres cannot be reached');
  }
}
