import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { roomIdSchema, userIdSchema } from '../ids.ts';
import { memberViewSchema } from '../views.ts';

/** The members of a room, a page at a time. For members. Eventually consistent. */
export const roomMembers = {
  name: 'room:members',
  request: z.object({
    roomId: roomIdSchema,
    after: userIdSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.membersPage).default(LIMITS.membersPage),
  }),
  response: z.object({ members: z.array(memberViewSchema), next: userIdSchema.nullable() }),
} as const;
