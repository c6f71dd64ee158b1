import { z } from 'zod';
import { roomIdSchema, userIdSchema } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { sanctionViewSchema } from '../moderation.ts';

/** The mutes and bans in force in a room, a page at a time; owner and moderators. Eventually consistent. */
export const roomSanctions = {
  name: 'room:sanctions',
  request: z.object({ 
    roomId: roomIdSchema,
    after: userIdSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.membersPage).default(LIMITS.membersPage),
  }),
  response: z.object({ sanctions: z.array(sanctionViewSchema), next: userIdSchema.nullable() }),
} as const;
