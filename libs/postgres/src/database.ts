import { Kysely, PostgresDialect } from 'kysely';
import { types, type Pool } from 'pg';
import { GuardedClient, GuardedPool, type GuardedClientConfig } from './guarded-client.ts';
import type { Database } from './schema.ts';

export type DatabaseOptions = {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections of the pool, at most. Sessions are apart. Default 10. */
  poolSize?: number;
  /** The server gives up on a statement after this; this side 2 s later. Default 10 000. */
  statementTimeoutMs?: number;
  /** To connect, and to wait for a connection of the pool. Default 5 000. */
  connectTimeoutMs?: number;
  /** As Postgres shows it in pg_stat_activity. Default `parley`. */
  applicationName?: string;
  /** Told of connections that broke while nobody used them. Default: nobody. */
  onIdleError?: (error: Error) => void;
};

export type DatabaseHandle = {
  db: Kysely<Database>;
  pool: Pool;
  /** A connection of its own, not connected yet, with the settings of the pool. `answerTimeoutMs` 0: statements may take as long as they like. */
  client(overrides?: Pick<GuardedClientConfig, 'answerTimeoutMs' | 'statement_timeout'>): GuardedClient;
  statementTimeoutMs: number;
  close(): Promise<void>;
};

/** Above what the server itself needs to give up and say so. */
const ANSWER_GRACE_MS = 2_000;
const KEEPALIVE_DELAY_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;

const INT8: number = types.builtins.INT8;
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : types.getTypeParser(oid, format);

/** Opens nothing yet: connections are made when they are needed, and made anew after they broke. */
export const openDatabase = (options: DatabaseOptions): DatabaseHandle => {
  const { statementTimeoutMs = 10_000, connectTimeoutMs = 5_000 } = options;
  const config: GuardedClientConfig = {
    connectionString: options.url,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    application_name: options.applicationName ?? 'parley',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
    // Of these connections only: pg's own table of parsers belongs to the whole process.
    types: { getTypeParser },
    answerTimeoutMs: statementTimeoutMs + ANSWER_GRACE_MS,
  };
  const pool = new GuardedPool({ ...config, Client: GuardedClient, max: options.poolSize ?? 10, idleTimeoutMillis: IDLE_TIMEOUT_MS });
  pool.on('error', (error) => options.onIdleError?.(error));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | undefined;
  return {
    db,
    pool,
    statementTimeoutMs,
    client: (overrides) => new GuardedClient({ ...config, ...overrides }),
    close: () => (closed ??= pool.end()),
  };
};
