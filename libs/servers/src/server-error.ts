export type ServerErrorCode =
  | 'binary_missing'
  | 'exited_early'
  | 'not_ready'
  | 'port_taken'
  | 'no_user_for_postgres'
  | 'data_of_other_version'
  | 'data_of_other_user'
  | 'data_dir_locked'
  | 'unsupported_version';

/** Something about a server that a person has to put right. The message says what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
