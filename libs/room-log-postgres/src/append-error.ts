import { RoomLogError } from '@parley/domain';
import { sqlState } from '@parley/postgres';
import { DatabaseError } from 'pg';

/**
 * What an append that was sent and failed has come to. An answer of severity ERROR is a rolled back transaction; after a
 * commit Postgres no longer gives one. Anything else, the end of the session included, leaves open whether it was stored.
 */
export const appendError = (cause: unknown): RoomLogError => {
  if (cause instanceof RoomLogError) return cause;
  if (!(cause instanceof DatabaseError) || cause.severity !== 'ERROR') {
    return new RoomLogError('unknown_outcome', 'the connection to Postgres was lost with the append under way', { cause });
  }
  const state = sqlState(cause) ?? '';
  if (state === DISK_FULL) return new RoomLogError('full', 'the disk of the database is full', { cause });
  // An entry stands where the head says none does.
  if (state === UNIQUE_VIOLATION) return new RoomLogError('conflict', 'there is an entry at this position', { cause });
  if (state.startsWith(LIMIT_EXCEEDED)) return new RoomLogError('too_large', 'over a limit of Postgres', { cause });
  return new RoomLogError('unavailable', 'Postgres rolled the append back', { cause });
};

/** Whether it may be one entry's own fault, for which the others of its flush should not suffer. */
export const isOneEntrysFault = (cause: unknown): boolean =>
  cause instanceof DatabaseError && cause.severity === 'ERROR' && ['22', UNIQUE_VIOLATION.slice(0, 2), LIMIT_EXCEEDED].includes((cause.code ?? '').slice(0, 2));

const DISK_FULL = '53100';
const UNIQUE_VIOLATION = '23505';
const LIMIT_EXCEEDED = '54';
