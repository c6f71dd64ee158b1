import type { DeadLetters, RoomLog } from '@parley/domain';
import { claimLogHome, migrate, type DatabaseHandle } from '@parley/postgres';
import type { Logger } from '@parley/runtime';
import { absorbArchive } from '@parley/store-postgres';

/**
 * Makes this cluster the home of the database's rooms. What a standalone acked and had not yet taken in is taken in first:
 * whoever asked before that where a room stands would be told too little. Safe with any number of workers at once, and
 * again after a crash anywhere. Throws `DatabaseTooNew`, `LogHomeBusy`, and what Postgres throws.
 */
export const takeOver = async ({ database, log, deadLetters, logger }: { database: DatabaseHandle; log: RoomLog; deadLetters: DeadLetters; logger: Logger }): Promise<void> => {
  const migrated = await migrate(database);
  if (migrated.length > 0) logger.info({ migrated }, 'the database was migrated');
  await claimLogHome(database, log.id);
  const entries = await absorbArchive(database.db, { deadLetters });
  if (entries > 0) logger.info({ entries }, 'took in what a standalone had left');
};
