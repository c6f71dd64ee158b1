import { RoomLogError, StoreUnavailable } from '@parley/domain';
import { NatsRequestError } from '@parley/nats';
import { NodeError } from '@parley/nodes-nats';
import { isUnavailable, sqlState } from '@parley/postgres';
import { isNetworkError, redact } from '@parley/runtime';
import { ServerError } from '@parley/servers';
import { EXIT, OpsError, type ExitCode } from './exit-codes.ts';

/** Postgres' `undefined_table`. */
const NO_SUCH_TABLE = '42P01';
/** Class of refused credentials. */
const REFUSED = '28';

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return redact(error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
};

/** One line, and how to leave with it. */
export const failureOf = (error: unknown): { exitCode: ExitCode; message: string } => {
  const message = messageOf(error);
  if (error instanceof OpsError) return { exitCode: error.exitCode, message };
  if (error instanceof NodeError) return { exitCode: EXIT.unavailable, message };
  if (sqlState(error) === NO_SUCH_TABLE) return { exitCode: EXIT.config, message: 'there is no Parley in this database' };
  if (sqlState(error)?.startsWith(REFUSED)) return { exitCode: EXIT.config, message: `Postgres refuses: ${message}` };
  if (isUnavailable(error)) return { exitCode: EXIT.unavailable, message: `Postgres cannot be reached: ${message}` };
  if (error instanceof RoomLogError || error instanceof NatsRequestError || error instanceof StoreUnavailable) return { exitCode: EXIT.unavailable, message };
  if (error instanceof ServerError) return { exitCode: EXIT.unavailable, message };
  if (isNetworkError(error)) return { exitCode: EXIT.unavailable, message };
  return { exitCode: EXIT.defect, message: `a defect: ${message}` };
};
