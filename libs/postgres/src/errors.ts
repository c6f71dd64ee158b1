import { DatabaseError } from 'pg';

/** The connection broke, could not be had, or did not answer in time: what `pg` reports as an error without any code. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The database was migrated by a newer version of Parley. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';
  /** Migrations this version does not know. */
  readonly unknown: readonly string[];

  constructor(unknown: readonly string[]) {
    super(`this database was migrated by a newer version of Parley (${unknown.join(', ')}): start that version, or restore a backup`);
    this.unknown = unknown;
  }
}

/** Node's own codes of a server that is not there, or no longer. */
const NODE_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN',
  'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EADDRNOTAVAIL', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END',
]);

/** SQLSTATEs, or classes of two characters, of a server that cannot do it now and may later. */
const UNAVAILABLE_STATES = new Set([
  '08', // connection exceptions
  '53', // out of disk, memory, connections
  '57P01', '57P02', '57P03', '57P05', // shutting down, crashed, starting up, idle session ended
  '57014', // statement_timeout
  '55P03', // lock_timeout
  '40001', '40P01', // serialization failure, deadlock
  '25P03', '25P04', // idle in transaction too long, transaction too long
  '25006', // read-only: a standby took over the address
  '58000', '58030', // the server's own I/O failed
]);

/** The SQLSTATE of an error that the server answered with. */
export const sqlState = (error: unknown): string | null => (error instanceof DatabaseError ? error.code ?? null : null);

/** SQLSTATEs with which the server ends a session: shut down, crashed, database dropped, idle or in a transaction too long. */
const SESSION_ENDED = new Set(['57P01', '57P02', '57P04', '57P05', '25P03', '25P04']);

/** Whether the server has ended the session with this error; the end of the connection itself may come a moment later. */
export const endsSession = (error: unknown): boolean => SESSION_ENDED.has(sqlState(error) ?? '');

/**
 * Whether Postgres is away, overloaded or has given up for now, so that the same may succeed later. Told by SQLSTATE,
 * node's error codes and our own class. Says nothing about whether a commit under way has taken place.
 */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof ConnectionLost) return true;
  const state = sqlState(error);
  if (state !== null) return UNAVAILABLE_STATES.has(state) || UNAVAILABLE_STATES.has(state.slice(0, 2));
  // Several addresses of one host were tried.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isUnavailable);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && NODE_CODES.has(error.code);
};

/** Rolled back for sure, through no fault of the statement: it may be run again at once. */
export const isSerializationFailure = (error: unknown): boolean => {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
};
