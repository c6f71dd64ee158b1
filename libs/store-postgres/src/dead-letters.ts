import type { DeadLetter, DeadLetters } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Kysely } from 'kysely';

/** Dead letters in a table: of a standalone, and of tests. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async put(letter: DeadLetter): Promise<void> {
    await this.#db.insertInto('dead_letters').values(letter).onConflict((conflict) => conflict.column('id').doNothing()).execute();
  }

  async list(limit: number): Promise<DeadLetter[]> {
    return this.#db.selectFrom('dead_letters').select(['id', 'consumer', 'source', 'reason', 'payload', 'at']).orderBy('at').orderBy('id').limit(limit).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('dead_letters').where('id', '=', id).execute();
  }
}
