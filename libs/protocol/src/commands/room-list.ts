import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { roomIdSchema } from '../ids.ts';
import { roomViewSchema } from '../views.ts';

/** The rooms this user is a member of (`mine`), or every public room (`public`), a page at a time. Eventually consistent. */
export const roomList = {
  name: 'room:list',
  request: z.object({
    scope: z.enum(['mine', 'public']),
    /** `next` of the page before. */
    after: roomIdSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.listPage).default(LIMITS.listPage),
  }),
  response: z.object({ rooms: z.array(roomViewSchema), next: roomIdSchema.nullable() }),
} as const;
