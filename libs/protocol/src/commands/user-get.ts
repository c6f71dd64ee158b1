import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { userIdSchema } from '../ids.ts';
import { userViewSchema } from '../views.ts';

/** The users with these ids; unknown ones are left out. */
export const userGet = {
  name: 'user:get',
  request: z.object({ userIds: z.array(userIdSchema).min(1).max(LIMITS.getUsers) }),
  response: z.object({ users: z.array(userViewSchema) }),
} as const;
