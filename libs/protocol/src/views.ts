import { z } from 'zod';
import { cmidSchema, eventIdSchema, roomIdSchema, seqSchema, userIdSchema } from './ids.ts';
import { roleSchema, roomKindSchema } from './events.ts';

/** What a user may see of a room. */
export const roomViewSchema = z.object({
  id: roomIdSchema,
  kind: roomKindSchema,
  /** Empty for a direct room: show the other user's name. */
  name: z.string(),
  topic: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number().int(),
  memberCount: z.number().int().nonnegative(),
  /** The asking user's role; `null` if not a member. */
  role: roleSchema.nullable(),
  /** Pause between two messages of one member, milliseconds; 0: none. Absent: 0. */
  slowModeMs: z.number().int().nonnegative().optional(),
  /** Whether only the owner and moderators may say anything. Absent: false. */
  readOnly: z.boolean().optional(),
  /** The two users of a direct room. */
  pair: z.tuple([userIdSchema, userIdSchema]).optional(),
});
export type RoomView = z.infer<typeof roomViewSchema>;

/** A message with its edits and its deletion folded in. */
export const messageViewSchema = z.object({
  id: eventIdSchema,
  seq: seqSchema,
  by: userIdSchema,
  /** The author's name when it was said. */
  name: z.string(),
  at: z.number().int(),
  /** `null` once deleted, and while hidden. */
  body: z.string().nullable(),
  cmid: cmidSchema.nullable(),
  editedAt: z.number().int().optional(),
  deletedAt: z.number().int().optional(),
  /** While hidden. */
  hidden: z.object({ at: z.number().int(), reason: z.string() }).optional(),
});
export type MessageView = z.infer<typeof messageViewSchema>;

export const userViewSchema = z.object({ id: userIdSchema, name: z.string() });
export type UserView = z.infer<typeof userViewSchema>;

export const memberViewSchema = z.object({ userId: userIdSchema, name: z.string(), role: roleSchema });
export type MemberView = z.infer<typeof memberViewSchema>;
