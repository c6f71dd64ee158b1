import type { IsolationLevel, Kysely, Transaction } from 'kysely';
import { isSerializationFailure } from './errors.ts';
import type { Database } from './schema.ts';

export type TransactionOptions = {
  /** Default `read committed`. Reads that must agree with each other want `repeatable read`. */
  isolation?: IsolationLevel;
  readOnly?: boolean;
  /** Tries in all, where Postgres rolls back for a deadlock or a serialization failure: `work` may run again. Default 3. */
  attempts?: number;
};

/** One transaction. A connection lost during the commit throws like any other loss: whether it took place is then unknown. */
export const withTransaction = async <T>(db: Kysely<Database>, work: (trx: Transaction<Database>) => Promise<T>, options: TransactionOptions = {}): Promise<T> => {
  const { isolation = 'read committed', readOnly = false, attempts = 3 } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().setIsolationLevel(isolation).setAccessMode(readOnly ? 'read only' : 'read write').execute(work);
    } catch (error) {
      if (attempt >= attempts || !isSerializationFailure(error)) throw error;
    }
  }
};
