import { ulid } from 'ulid';
import { ProtocolError, wireError, type WireError } from '@parley/protocol';
import { RoomLogError, StoreUnavailable } from '@parley/domain';
import type { Logger } from '@parley/runtime';

/** Told with `unavailable` where nothing better is known, milliseconds. */
const RETRY_AFTER_MS = 500;

/** What a client is told of an error thrown `during` a command or the like. */
export type FailureOf = (error: unknown, during: string) => WireError;

/** An error that is neither the protocol's nor a port's is a defect: it is logged, and a client learns only under which id. */
export const createFailureOf = (logger: Logger): FailureOf => (error, during) => {
  if (error instanceof ProtocolError) return error.toWire();
  if (error instanceof StoreUnavailable || error instanceof RoomLogError) return wireError('unavailable', undefined, RETRY_AFTER_MS);
  const id = ulid();
  logger.error({ err: error, during, id }, 'a defect');
  return wireError('internal', `a defect of the server, reported as ${id}`);
};
