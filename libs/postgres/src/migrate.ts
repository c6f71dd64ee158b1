import { sql, type Kysely } from 'kysely';
import { Migrator, DEFAULT_MIGRATION_TABLE, type Migration } from 'kysely/migration';
import { advisoryKey, LOCKS } from './advisory-key.ts';
import type { DatabaseHandle } from './database.ts';
import { DatabaseTooNew } from './errors.ts';
import { DatabaseSession } from './session.ts';
import { MIGRATIONS } from './migrations/index.ts';

/**
 * Brings the schema up to date: all of it in one transaction, or nothing. Safe with any number of starters at once: one
 * migrates, the others wait and find it done. Throws {@link DatabaseTooNew}. Answers the names of what it ran.
 */
export const migrate = async (database: DatabaseHandle, migrations: Readonly<Record<string, Migration>> = MIGRATIONS): Promise<string[]> => {
  const session = await DatabaseSession.open(database, { answerTimeoutMs: 0 });
  try {
    return await session.db.transaction().execute(async (trx) => {
      // An index on a grown table may take long, and so may waiting for the one who builds it.
      await sql`set local statement_timeout = 0`.execute(trx);
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
      await sql`select pg_advisory_xact_lock(${advisoryKey(LOCKS.migrate)})`.execute(trx);
      const table = await sql<{ exists: boolean }>`select to_regclass(${DEFAULT_MIGRATION_TABLE}) is not null as exists`.execute(trx);
      if (table.rows[0]?.exists) {
        const done = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(trx);
        const unknown = done.rows.map((row) => row.name).filter((name) => !(name in migrations));
        if (unknown.length > 0) throw new DatabaseTooNew(unknown);
      }
      // The migrator loses the reason when it lets go of its own lock in a transaction that has failed.
      let reason: unknown;
      const telling = Object.fromEntries(Object.entries(migrations).map(([name, migration]) => [name, {
        up: (db: Kysely<unknown>) => migration.up(db).catch((error: unknown) => { reason = error; throw error; }),
      }]));
      const { error, results } = await new Migrator({ db: trx, provider: { getMigrations: async () => telling } }).migrateToLatest();
      if (error) throw reason ?? error;
      return (results ?? []).map((result) => result.migrationName);
    });
  } finally {
    await session.close();
  }
};
