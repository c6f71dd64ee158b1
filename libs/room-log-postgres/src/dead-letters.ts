import type { DeadLetter, DeadLetters } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';

/** A Postgres text has no U+0000; what could not be handled may well have one. */
const text = (value: string): string => value.replaceAll('\0', '\u2400').toWellFormed();

/** Throws what the database throws: the caller asks `isUnavailable` of libs/postgres. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #database: DatabaseHandle;

  constructor(database: DatabaseHandle) {
    this.#database = database;
  }

  async put(letter: DeadLetter): Promise<void> {
    const { id, consumer, source, reason, payload, at } = letter;
    await this.#database.db.insertInto('dead_letters')
      .values({ id: text(id), consumer, source: text(source), reason: text(reason), payload: text(payload), at })
      .onConflict((conflict) => conflict.column('id').doNothing()).execute();
  }

  async list(limit: number): Promise<DeadLetter[]> {
    return this.#database.db.selectFrom('dead_letters').selectAll().orderBy('at').orderBy('id').limit(limit).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#database.db.deleteFrom('dead_letters').where('id', '=', id).execute();
  }
}
