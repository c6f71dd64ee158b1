/**
 * - `unreachable`: no connection, or it broke.
 * - `timeout`: not all of an answer in time.
 * - `refused`: a status other than 200; a redirect too.
 * - `bad_answer`: too large, or not as the contract says.
 */
export type CheckerErrorCode = 'unreachable' | 'timeout' | 'refused' | 'bad_answer';

export class CheckerError extends Error {
  override readonly name = 'CheckerError';
  readonly code: CheckerErrorCode;

  constructor(code: CheckerErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
