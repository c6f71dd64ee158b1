import { RoomLogError, StoreUnavailable } from '@parley/domain';
import { ERROR_CODES, ProtocolError } from '@parley/protocol';

/** Something that is needed is away and will be back: nothing is the fault of what was being handled. */
export class Away extends Error {
  override readonly name = 'Away';
}

export const isAway = (error: unknown): boolean =>
  error instanceof Away || error instanceof StoreUnavailable || (error instanceof ProtocolError && ERROR_CODES[error.code].retryable) || (error instanceof RoomLogError && error.code !== 'corrupt_entry' && error.code !== 'too_large');
