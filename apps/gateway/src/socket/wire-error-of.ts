import { ProtocolError, wireError, type WireError } from '@parley/protocol';
import { RoomLogError, StoreUnavailable } from '@parley/domain';

/** Told with `unavailable` where nothing better is known, milliseconds. */
const RETRY_AFTER_MS = 500;

/** Whether an error is one that a client is told as it is; any other is a defect, of which it learns only that it was one. */
export const isExpected = (error: unknown): boolean => error instanceof ProtocolError || error instanceof StoreUnavailable || error instanceof RoomLogError;

export const wireErrorOf = (error: unknown): WireError => {
  if (error instanceof ProtocolError) return error.toWire();
  if (error instanceof StoreUnavailable || error instanceof RoomLogError) return wireError('unavailable', undefined, RETRY_AFTER_MS);
  return wireError('internal');
};
