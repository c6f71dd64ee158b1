import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { roomIdSchema, userIdSchema } from '../ids.ts';
import { auditCursorSchema, auditEntrySchema } from '../moderation.ts';

/** The audit log, the newest first: who did what to whom, where, when and why. Moderators of the room; without `roomId`, admins. */
export const auditList = {
  name: 'audit:list',
  request: z.object({
    roomId: roomIdSchema.optional(),
    /** Who did it. */
    by: userIdSchema.optional(),
    /** To whom. */
    userId: userIdSchema.optional(),
    /** The name of an act, as `member.banned`. */
    act: z.string().max(64).optional(),
    /** Words of the reason. */
    text: z.string().max(LIMITS.reasonLength).optional(),
    /** Milliseconds since 1970; `until` itself not included. */
    from: z.number().int().optional(),
    until: z.number().int().optional(),
    before: auditCursorSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.auditPage).default(LIMITS.auditPage),
  }),
  response: z.object({ entries: z.array(auditEntrySchema), next: auditCursorSchema.nullable() }),
} as const;
