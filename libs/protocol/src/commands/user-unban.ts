import { z } from 'zod';
import { cmidSchema, userIdSchema } from '../ids.ts';

/** Lets a user in again; admins. */
export const userUnban = {
  name: 'user:unban',
  request: z.object({ cmid: cmidSchema, userId: userIdSchema }),
  response: z.object({  }),
} as const;
