import { z } from 'zod';
import { LIMITS } from './limits.ts';

/** `r` (or `d` for a direct room), two hex digits of shard, 24 characters of hash: see `libs/domain/src/room-id.ts`. */
export const roomIdSchema = z.string().regex(/^[rd][0-9a-f]{2}[0-9a-v]{24}$/, 'not a room id').brand<'RoomId'>();
export type RoomId = z.infer<typeof roomIdSchema>;

/** `u` and a lower-case ULID. */
export const userIdSchema = z.string().regex(/^u[0-9a-hjkmnp-tv-z]{26}$/, 'not a user id').brand<'UserId'>();
export type UserId = z.infer<typeof userIdSchema>;

/** A ULID: the id of an event. A message's id is the id of the event that created it. */
export const eventIdSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'not an event id').brand<'EventId'>();
export type EventId = z.infer<typeof eventIdSchema>;

/** The sender's own id for a command, unique per sender; a ULID or UUID is a good one. */
export const cmidSchema = z.string().min(1).max(LIMITS.cmidLength).regex(/^[A-Za-z0-9._:-]+$/, 'not a cmid').brand<'Cmid'>();
export type Cmid = z.infer<typeof cmidSchema>;

/** Position in a room: dense per room, 1, 2, 3, …, and continuing across epochs. 0 is before the first event. */
export const seqSchema = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const epochSchema = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** What the client knew when it first tried the command. Frozen with it in the outbox: it tells a late retry from a first try. */
export const afterSchema = z.object({ epoch: epochSchema, seq: seqSchema });
export type After = z.infer<typeof afterSchema>;

/** Fields that every command which changes a room carries. */
export const changeFields = {
  roomId: roomIdSchema,
  cmid: cmidSchema,
  /** Telemetry only. */
  attempt: z.number().int().nonnegative().max(1_000_000).optional(),
  after: afterSchema.optional(),
};

const encoder = new TextEncoder();
/** Well-formed text without U+0000, of at most `bytes` of UTF-8. */
export const textSchema = (bytes: number) =>
  z.string().refine((text) => text.isWellFormed(), 'not well-formed Unicode')
    // Postgres has no text with U+0000 in it.
    .refine((text) => !text.includes('\0'), 'has a NUL character')
    // A UTF-16 unit is at most three bytes, so most texts are known to fit without encoding them.
    .refine((text) => text.length * 3 <= bytes || (text.length <= bytes && encoder.encode(text).length <= bytes), { message: `over ${bytes} bytes`, params: { tooLarge: true } });

/** A name shown on one line: trimmed, not empty, no control characters. */
export const nameSchema = (length: number) =>
  z.string().trim().min(1).max(length).regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'has control characters');
