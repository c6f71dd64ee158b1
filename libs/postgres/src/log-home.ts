import type { DatabaseHandle } from './database.ts';
import { LOCKS } from './advisory-key.ts';
import type { DatabaseSession } from './session.ts';
import { SessionLock } from './session-lock.ts';

/** Ids of Postgres logs begin with this; those of a cluster's logs never do. */
export const POSTGRES_LOG_PREFIX = 'postgres:';

/** The rooms of this database go on in a cluster's log, for good: appending to them here would fork them. */
export class LogHomeMoved extends Error {
  override readonly name = 'LogHomeMoved';
  /** Id of the log they moved to. */
  readonly logId: string;

  constructor(logId: string) {
    super(`this database's rooms have moved to a cluster (log ${logId}): start the cluster on it, or restore a backup from before`);
    this.logId = logId;
  }
}

/** A standalone is running on this database, or one that was just killed is not yet gone. */
export class LogHomeBusy extends Error {
  override readonly name = 'LogHomeBusy';

  constructor() {
    super('a standalone Parley is running on this database: stop it first');
  }
}

/**
 * For a standalone: takes the lock of the log's home on `session`, for the session's life, and answers the log's id, which is
 * `candidate` if this database never had one. `shared` lets several in at once. `null`: someone else has the lock.
 * Throws {@link LogHomeMoved}, still holding the lock: close the session.
 */
export const enterLogHome = async (session: DatabaseSession, candidate: string, mode: 'exclusive' | 'shared'): Promise<string | null> => {
  if (!(await session.tryLock(LOCKS.logHome, mode))) return null;
  await session.client.query('insert into log_home (log_id) values ($1) on conflict do nothing', [candidate]);
  const { rows } = await session.client.query<{ log_id: string }>('select log_id from log_home');
  const logId = rows[0]!.log_id;
  if (!logId.startsWith(POSTGRES_LOG_PREFIX)) throw new LogHomeMoved(logId);
  return logId;
};

/**
 * For a cluster: makes `logId` the home of this database's rooms. No standalone can append here from then on, and none is
 * doing so now. Idempotent; any number of claimers at once. Throws {@link LogHomeBusy} if a standalone still runs after `waitMs`.
 */
export const claimLogHome = async (database: DatabaseHandle, logId: string, options: { waitMs?: number } = {}): Promise<void> => {
  if (logId.startsWith(POSTGRES_LOG_PREFIX)) throw new RangeError('a cluster cannot claim a database for a Postgres log');
  const home = await database.db.selectFrom('log_home').select('log_id').executeTakeFirst();
  if (home?.log_id === logId) return;
  const lock = await SessionLock.acquire(database, LOCKS.logHome, { waitMs: options.waitMs ?? 5_000 });
  if (!lock) throw new LogHomeBusy();
  try {
    await lock.db.insertInto('log_home').values({ log_id: logId })
      .onConflict((conflict) => conflict.column('one').doUpdateSet({ log_id: logId, since: new Date() })).execute();
  } finally {
    await lock.release();
  }
};
