import { z } from 'zod';

/** What each code means, and whether sending the very same command again can help. Codes are stable. */
export const ERROR_CODES = {
  bad_request: { retryable: false, meaning: 'The argument does not match the schema of the event.' },
  unknown_event: { retryable: false, meaning: 'No command has this name.' },
  too_large: { retryable: false, meaning: 'A field is over its limit.' },
  unauthenticated: { retryable: false, meaning: 'The token is missing, malformed, expired, or not of an issuer that this server believes.' },
  session_expired: { retryable: false, meaning: 'The session of this socket has ended: get a new token and connect again.' },
  guests_disabled: { retryable: false, meaning: 'This server does not let guests sign in.' },
  foreign_origin: { retryable: false, meaning: 'Web pages of this origin may not use this server.' },
  room_not_found: { retryable: false, meaning: 'No such room, or not one this user may see.' },
  message_not_found: { retryable: false, meaning: 'No such message in this room, or it was deleted.' },
  user_not_found: { retryable: false, meaning: 'No such user.' },
  not_member: { retryable: false, meaning: 'Only a member of the room may do this; join first.' },
  forbidden: { retryable: false, meaning: 'The role of this user in the room does not allow it.' },
  muted: { retryable: false, meaning: 'This user is muted in the room; `sanction` says why and until when.' },
  banned: { retryable: false, meaning: 'This user is banned from the room, or from the server; `sanction` says why and until when.' },
  read_only: { retryable: false, meaning: 'Only the owner and moderators may say anything in this room.' },
  slow_mode: { retryable: true, meaning: 'The room is in slow mode; try again after `retryAfterMs`.' },
  content_refused: { retryable: false, meaning: 'A rule of the server forbids what was said; the message tells which.' },
  session_revoked: { retryable: false, meaning: 'The session was ended by its user or an admin: sign in anew.' },
  claimed: { retryable: false, meaning: 'Another moderator works on this case.' },
  case_not_found: { retryable: false, meaning: 'No such case, or not one this user may see.' },
  conflict: { retryable: false, meaning: 'It was changed by another meanwhile: read it again.' },
  limit_reached: { retryable: false, meaning: 'A documented count of the room is used up.' },
  reload: { retryable: false, meaning: 'The cursor is of a lower epoch or too far behind: join again and page the history.' },
  rate_limited: { retryable: true, meaning: 'Over the rate allowed; try again after `retryAfterMs`.' },
  busy: { retryable: true, meaning: 'The room is contended, its queue is full, or too many are connecting; the same may be tried again, a command with the same cmid.' },
  unavailable: { retryable: true, meaning: 'Something the command needs is away; nothing is known to be lost, send it again with the same cmid.' },
  shutting_down: { retryable: true, meaning: 'This gateway is leaving; connect again and send the command there.' },
  internal: { retryable: true, meaning: 'A defect of the server; the outcome is unknown, send again with the same cmid.' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const errorCodeSchema = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);

/** What is in force against a user, as an error tells it. */
export const wireSanctionSchema = z.object({ kind: z.enum(['mute', 'ban']), reason: z.string(), /** Milliseconds since 1970; `null`: until it is undone. */ until: z.number().int().nullable() });
export type WireSanction = z.infer<typeof wireSanctionSchema>;

export const wireErrorSchema = z.object({
  /** Stable; an unknown one is treated by its `retryable`. */
  code: z.string(),
  /** For people, in English. Never parse it. */
  message: z.string(),
  /** Whether sending the same command again can help. */
  retryable: z.boolean(),
  /** Milliseconds to wait before that. */
  retryAfterMs: z.number().int().nonnegative().optional(),
  /** With `muted` and `banned`: what is in force. */
  sanction: wireSanctionSchema.optional(),
  /** Where `rule:save` is answered `bad_request`: what is wrong, with the entry's index from 0; `null`: with the rule as a whole. */
  problems: z.array(z.object({ ruleId: z.string(), index: z.number().int().nonnegative().nullable(), reason: z.string() })).optional(),
});
export type WireError = z.infer<typeof wireErrorSchema> & { code: ErrorCode };

/** What goes with some codes. */
export type ErrorDetail = { retryAfterMs?: number | undefined; sanction?: WireSanction | undefined; problems?: WireError['problems'] };

export const wireError = (code: ErrorCode, message?: string, retryAfterMs?: number, sanction?: WireSanction): WireError => ({
  code,
  message: message ?? ERROR_CODES[code].meaning,
  retryable: ERROR_CODES[code].retryable,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  ...(sanction === undefined ? {} : { sanction }),
});

/** Thrown inside; turned into a {@link WireError} at the edge. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly sanction: WireSanction | undefined;
  readonly problems: WireError['problems'];

  constructor(code: ErrorCode, message?: string, options: ErrorDetail & { cause?: unknown } = {}) {
    super(message ?? ERROR_CODES[code].meaning, { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.sanction = options.sanction;
    this.problems = options.problems;
  }

  static from({ code, message, ...detail }: WireError): ProtocolError {
    return new ProtocolError(code, message, detail);
  }

  toWire(): WireError {
    const error = wireError(this.code, this.message, this.retryAfterMs, this.sanction);
    return this.problems === undefined ? error : { ...error, problems: this.problems };
  }
}

export type Failure = { ok: false; error: WireError };
/** What a command's acknowledgement callback receives. */
export type Answer<T> = ({ ok: true } & T) | Failure;
