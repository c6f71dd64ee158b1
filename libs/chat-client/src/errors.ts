import { ERROR_CODES, wireErrorSchema, type ErrorCode, type WireError } from '@parley/protocol';

/** What can go wrong on this side, beside the codes of the wire. */
const LOCAL_CODES = {
  offline: { retryable: true, meaning: 'Not connected.' },
  timeout: { retryable: true, meaning: 'No answer in time; the outcome is unknown.' },
  malformed: { retryable: true, meaning: 'The server said something this client does not understand.' },
  outbox_full: { retryable: true, meaning: 'Too many messages wait to be sent.' },
  storage_failed: { retryable: true, meaning: 'The outbox could not be written; nothing was sent.' },
  closed: { retryable: false, meaning: 'The client or the room was closed.' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type LocalErrorCode = keyof typeof LOCAL_CODES;
export type ChatErrorCode = ErrorCode | LocalErrorCode;

/** What is in force, of an error that a mute or a ban is the cause of. */
export type ErrorSanction = NonNullable<WireError['sanction']>;

/** Every failure that this library throws, stores or tells. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  /** A {@link ChatErrorCode}, or a code of a newer server. */
  readonly code: ChatErrorCode | (string & {});
  /** Whether the very same can succeed later. */
  readonly retryable: boolean;
  /** Milliseconds to wait before that. */
  readonly retryAfterMs: number | undefined;
  /** With `muted` and `banned`: why, and until when. */
  readonly sanction: ErrorSanction | undefined;

  constructor(code: string, message: string, options: { retryable: boolean; retryAfterMs?: number | undefined; sanction?: ErrorSanction | undefined; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.sanction = options.sanction;
  }
}

export const localError = (code: ChatErrorCode, message?: string, cause?: unknown): ChatError => {
  const known: { retryable: boolean; meaning: string } = { ...LOCAL_CODES, ...ERROR_CODES }[code];
  return new ChatError(code, message ?? known.meaning, { retryable: known.retryable, cause });
};

/** An error object of the wire; anything else becomes `malformed`. */
export const errorFromWire = (error: unknown): ChatError => {
  if (typeof error !== 'object' || error === null) return localError('malformed');
  const { code, message, retryable, retryAfterMs, sanction } = error as Partial<WireError>;
  if (typeof code !== 'string' || typeof retryable !== 'boolean') return localError('malformed');
  return new ChatError(code, typeof message === 'string' ? message : code, {
    retryable,
    retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined,
    // One that cannot be understood is left out: the refusal counts nevertheless.
    sanction: wireErrorSchema.shape.sanction.safeParse(sanction).data,
  });
};

export const asChatError = (error: unknown): ChatError => (error instanceof ChatError ? error : localError('internal', String(error), error));

/** The session is over: only a new token helps, and nothing that waits is to blame. */
export const endsSession = (error: ChatError): boolean => error.code === 'unauthenticated' || error.code === 'session_expired' || error.code === 'session_revoked';
