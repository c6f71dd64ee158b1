import type { Shard } from '@parley/domain';
import { advisoryKey, LOCKS, type DatabaseSession } from '@parley/postgres';
import { sql } from 'kysely';

/**
 * Which worker owns which shard: session-wide advisory locks on the very connection that commits, so a worker whose locks
 * are gone cannot commit. Asked between transactions, never in one.
 */
export class ShardLocks {
  readonly #session: DatabaseSession;

  constructor(session: DatabaseSession) {
    this.#session = session;
  }

  /** Makes this worker one that others count. */
  async enter(): Promise<void> {
    await sql`select pg_advisory_lock_shared(${advisoryKey(LOCKS.worker)}::bigint)`.execute(this.#session.db);
  }

  /** Workers on this database that live, this one too. */
  async countWorkers(): Promise<number> {
    const { rows } = await sql<{ workers: number }>`
      select count(*)::int as workers from pg_locks
      where locktype = 'advisory' and granted and objsubid = 1 and database = (select oid from pg_database where datname = current_database())
        and ((classid::bigint << 32) | objid::bigint) = ${advisoryKey(LOCKS.worker)}::bigint`.execute(this.#session.db);
    return Math.max(1, rows[0]?.workers ?? 1);
  }

  /** Those of them that nobody had. In one question: it waits its turn among this connection's commits. */
  async tryClaim(shards: readonly Shard[]): Promise<Shard[]> {
    const keys = shards.map((shard) => advisoryKey(LOCKS.shard(shard)));
    const { rows } = await sql<{ place: number }>`
      select place::int from unnest(${keys}::bigint[]) with ordinality as asked (key, place) where pg_try_advisory_lock(key)`.execute(this.#session.db);
    return rows.map(({ place }) => shards[place - 1]!);
  }

  async release(shard: Shard): Promise<void> {
    await sql`select pg_advisory_unlock(${advisoryKey(LOCKS.shard(shard))}::bigint)`.execute(this.#session.db);
  }
}
