import { z } from 'zod';
import { cmidSchema, userIdSchema } from '../ids.ts';
import { reasonSchema, sanctionMsSchema } from '../moderation.ts';

/** Shuts a user out of the whole server for `forMs` or, with `null`, until it is undone; admins. Its sockets are cut off. */
export const userBan = {
  name: 'user:ban',
  request: z.object({ cmid: cmidSchema, userId: userIdSchema, forMs: sanctionMsSchema, reason: reasonSchema }),
  response: z.object({ until: z.number().int().nullable() }),
} as const;
