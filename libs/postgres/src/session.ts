import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import { advisoryKey } from './advisory-key.ts';
import type { DatabaseHandle } from './database.ts';
import { ConnectionLost } from './errors.ts';
import type { GuardedClient, GuardedClientConfig } from './guarded-client.ts';
import type { Database } from './schema.ts';

/** Settings under which a server notices within about half a minute that this host is gone, and lets its locks go. Not every platform has them all. */
const NOTICE_LOSS = ['tcp_keepalives_idle = 10', 'tcp_keepalives_interval = 5', 'tcp_keepalives_count = 4', "client_connection_check_interval = '2s'"];

/**
 * One connection that stays the same for its whole life, so that session-wide advisory locks on it mean something:
 * while `lost` is false they were held at the last answer, and whatever commits on it commits under them.
 */
export class DatabaseSession {
  readonly client: GuardedClient;
  /** On this connection; transactions and statements wait for each other. */
  readonly db: Kysely<Database>;
  /** Of the server's process. */
  readonly pid: number;
  #closing = false;
  readonly #lostListeners = new Set<() => void>();

  private constructor(client: GuardedClient, pid: number) {
    this.client = client;
    this.pid = pid;
    this.db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: singlePool(client) }) });
    client.once('end', () => {
      if (this.#closing) return;
      for (const listener of this.#lostListeners) listener();
    });
  }

  /** Throws where the server cannot be reached. */
  static async open(database: DatabaseHandle, options: Pick<GuardedClientConfig, 'answerTimeoutMs' | 'statement_timeout'> = {}): Promise<DatabaseSession> {
    const client = database.client(options);
    try {
      await client.connect();
      for (const setting of NOTICE_LOSS) {
        await client.query(`set ${setting}`).catch((error: unknown) => { if (client.gone) throw error; });
      }
      // An ack says that it is durable. A stronger setting than `on` is left.
      await client.query("select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')");
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      return new DatabaseSession(client, rows[0]!.pid);
    } catch (error) {
      await endOf(client);
      throw error;
    }
  }

  get lost(): boolean {
    return this.client.gone;
  }

  /** Called once, when the connection breaks; not when it is closed. */
  onLost(listener: () => void): void {
    this.#lostListeners.add(listener);
  }

  /** For as long as this session lives, or until `unlock`. False: another session has it. */
  async tryLock(name: string, mode: 'exclusive' | 'shared' = 'exclusive'): Promise<boolean> {
    const call = mode === 'exclusive' ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared';
    const { rows } = await this.client.query<{ locked: boolean }>(`select ${call}($1::bigint) as locked`, [advisoryKey(name)]);
    return rows[0]!.locked;
  }

  async unlock(name: string): Promise<void> {
    await this.client.query('select pg_advisory_unlock($1::bigint)', [advisoryKey(name)]);
  }

  /** Lets all its locks go. */
  async close(): Promise<void> {
    this.#closing = true;
    await endOf(this.client);
  }
}

const endOf = (client: GuardedClient): Promise<void> => client.end().catch(() => {});

/** Kysely's idea of a pool, over one connection: the next taker waits until it is given back. */
const singlePool = (client: GuardedClient) => {
  let free: Promise<void> = Promise.resolve();
  return {
    options: {},
    connect: async (): Promise<PostgresPoolClient> => {
      const mine = Promise.withResolvers<void>();
      const before = free;
      free = mine.promise;
      await before;
      if (client.gone) {
        mine.resolve();
        throw new ConnectionLost('the session has ended');
      }
      return {
        processID: 0,
        query: client.query.bind(client),
        release: (destroy?: boolean) => {
          mine.resolve();
          if (destroy) void endOf(client);
        },
      };
    },
    end: async () => {},
  };
};
