import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { advisoryKey, DatabaseSession, enterLogHome, LogHomeBusy, LOCKS, POSTGRES_LOG_PREFIX, type DatabaseHandle, type GuardedClient } from '@parley/postgres';
import { realChance, RoomLogError, type Head } from '@parley/domain';
import { HEADS_CHANNEL, parseHead } from './heads-channel.ts';
import { ANSWER_GRACE_MS } from './options.ts';

export type LogSessionOptions = {
  database: DatabaseHandle;
  mode: 'exclusive' | 'shared';
  waitForHomeMs: number;
  appendTimeoutMs: number;
  probeMs: number;
  /** Heads that other sessions stored, and our own, as the database tells them. `null`: not asked for. */
  onHead: ((head: Head) => void) | null;
  onError: (error: unknown) => void;
};

const RETRY_MS = { first: 50, longest: 2_000 };

/**
 * The connection that appends, which is also the one that holds the lock of the log's home: nothing is appended without it,
 * even by a statement that is still waiting inside a server we lost sight of. It comes back by itself; since the lock is free
 * only once the former session has ended there, what it had under way is decided by then.
 */
export class LogSession {
  readonly #options: LogSessionOptions;
  /** Of this object, whatever connection it has: keeps two sessions of one log from overlapping where the home is shared. */
  readonly #instance = LOCKS.logInstance(randomUUID());
  readonly #listeners = new Set<(live: boolean) => void>();
  #session: DatabaseSession | null = null;
  #formerPid: number | null = null;
  #owned = new Set<string>();
  #logId = '';
  #turn: Promise<unknown> = Promise.resolve();
  #closing: AbortController = new AbortController();
  #comingBack: Promise<void> | null = null;
  #probe: NodeJS.Timeout | undefined;

  private constructor(options: LogSessionOptions) {
    this.#options = options;
  }

  /** Throws `LogHomeMoved`, {@link LogHomeBusy}, or whatever tells that the server cannot be reached. */
  static async open(options: LogSessionOptions): Promise<LogSession> {
    const session = new LogSession(options);
    const deadline = Date.now() + options.waitForHomeMs;
    while (!(await session.#connect())) {
      if (Date.now() >= deadline) throw new LogHomeBusy();
      await sleep(100);
    }
    return session;
  }

  get logId(): string {
    return this.#logId;
  }

  get live(): boolean {
    return this.#session !== null && !this.#session.lost;
  }

  onLive(listener: (live: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `work` alone on the connection. Throws `unavailable` if there is none: then `work` was not called. */
  async run<T>(work: (client: GuardedClient) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (!this.#session || this.#session.lost) throw new RoomLogError('unavailable', 'Postgres cannot be reached');
      return work(this.#session.client);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Resolves once everything that was notified before has come: a session is told what is pending before it is answered. */
  async fence(): Promise<void> {
    await this.run((client) => client.query('select 1')).catch(unavailable);
  }

  /** Takes an advisory lock for as long as this session lives. True if it is held. */
  async own(name: string): Promise<boolean> {
    if (this.#owned.has(name)) return true;
    return this.run(async () => {
      const session = this.#session;
      if (!session || !(await session.tryLock(name))) return false;
      if (this.#session === session) this.#owned.add(name);
      return this.#owned.has(name);
    }).catch(unavailable);
  }

  async disown(name: string): Promise<void> {
    if (this.#owned.delete(name)) await this.run(() => this.#session?.unlock(name) ?? Promise.resolve()).catch(this.#options.onError);
  }

  /** Waits for what is running. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#comingBack;
    await this.#turn;
    clearTimeout(this.#probe);
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }

  /** False: another has the home. */
  async #connect(): Promise<boolean> {
    const { database, mode, appendTimeoutMs, onHead } = this.#options;
    const session = await DatabaseSession.open(database, { statement_timeout: appendTimeoutMs, answerTimeoutMs: appendTimeoutMs + ANSWER_GRACE_MS });
    try {
      if (this.#formerPid !== null) await endFormer(session, this.#formerPid, this.#instance);
      const logId = await enterLogHome(session, `${POSTGRES_LOG_PREFIX}${realChance.eventId()}`, mode);
      if (logId === null || !(await session.tryLock(this.#instance))) {
        await session.close();
        return false;
      }
      // The statement here has few rows on one side and a large, ever growing table on the other: an index is always right.
      await session.client.query(`set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off; set jit = off;
        set plan_cache_mode = force_generic_plan; set lock_timeout = ${Math.ceil(appendTimeoutMs / 2)}`);
      if (onHead) {
        session.client.on('notification', ({ channel, payload }) => {
          if (channel === HEADS_CHANNEL && payload) onHead(parseHead(payload));
        });
        await session.client.query(`listen ${HEADS_CHANNEL}`);
      }
      this.#logId = logId;
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#session = session;
    this.#formerPid = session.pid;
    session.onLost(() => this.#lost(session));
    if (session.lost) this.#lost(session);
    else {
      this.#scheduleProbe(session);
      this.#tell(true);
    }
    return true;
  }

  #lost(session: DatabaseSession): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.#owned = new Set();
    clearTimeout(this.#probe);
    this.#tell(false);
    if (!this.#closing.signal.aborted) this.#comingBack ??= this.#comeBack().finally(() => { this.#comingBack = null; });
  }

  async #comeBack(): Promise<void> {
    for (let waitMs = RETRY_MS.first; !this.#closing.signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MS.longest)) {
      const back = await this.#connect().catch((error: unknown) => { this.#options.onError(error); return false; });
      if (back) return;
      await sleep(waitMs * (0.5 + Math.random()), undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  #scheduleProbe(session: DatabaseSession): void {
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => {
      this.run((client) => client.query('select 1')).catch(() => {}).finally(() => {
        if (this.#session === session) this.#scheduleProbe(session);
      });
    }, this.#options.probeMs).unref();
  }

  #tell(live: boolean): void {
    for (const listener of this.#listeners) {
      try { listener(live); } catch (error) { this.#options.onError(error); }
    }
  }
}

const unavailable = (cause: unknown): never => {
  throw cause instanceof RoomLogError ? cause : new RoomLogError('unavailable', 'the connection to Postgres was lost', { cause });
};

/** Ends what is left of our former session in a server that has not noticed the loss yet: the one with the lock of this instance. */
const endFormer = async (session: DatabaseSession, pid: number, lock: string): Promise<void> => {
  await session.client.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and objsubid = 1 and pid = $1 and (classid::bigint << 32 | objid::bigint) = $2::bigint`,
    [pid, advisoryKey(lock)],
  );
};
