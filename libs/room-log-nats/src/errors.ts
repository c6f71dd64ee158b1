import { RoomLogError, type RoomLogErrorCode } from '@parley/domain';
import { JetStreamApiError, JS_ERROR, NatsRequestError } from '@parley/nats';

/** Answers of the stream to an append that say for certain that it was not stored. Anything else is an unknown outcome. */
const REFUSED: ReadonlyMap<number, RoomLogErrorCode> = new Map([
  [JS_ERROR.wrongLastSequence, 'conflict'],
  [JS_ERROR.wrongLastSequenceInFlight, 'conflict'],
  // The log was created anew under another name.
  [JS_ERROR.streamNotMatch, 'conflict'],
  [JS_ERROR.messageTooLarge, 'too_large'],
  // Checked before anything is stored.
  [JS_ERROR.accountResourcesExceeded, 'full'],
  [JS_ERROR.insufficientResources, 'full'],
  [JS_ERROR.storageResourcesExceeded, 'full'],
]);

export const appendRefusal = (error: JetStreamApiError): RoomLogError =>
  new RoomLogError(REFUSED.get(error.errCode) ?? 'unknown_outcome', error.message, { cause: error });

export const appendFailure = (error: unknown): RoomLogError => {
  if (error instanceof RoomLogError) return error;
  if (error instanceof JetStreamApiError) return appendRefusal(error);
  if (!(error instanceof NatsRequestError)) return new RoomLogError('unknown_outcome', 'the append has no answer', { cause: error });
  const code = error.reason === 'too_large' ? 'too_large' : error.certainlyNotReceived ? 'unavailable' : 'unknown_outcome';
  return new RoomLogError(code, error.message, { cause: error });
};

/** Of everything but an append: it may be asked again. */
export const unavailable = (error: unknown): RoomLogError => {
  if (error instanceof RoomLogError) return error;
  return new RoomLogError('unavailable', error instanceof Error ? error.message : 'the log does not answer', { cause: error });
};
