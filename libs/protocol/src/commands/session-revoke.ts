import { z } from 'zod';
import { cmidSchema, userIdSchema } from '../ids.ts';
import { deviceIdSchema, sessionIdSchema } from '../session.ts';

/**
 * Ends sessions for good, on whichever gateway their sockets are: `this` one, all `others` of the same user, all of one
 * device, one by its id, or `all`. Of another user: admins alone.
 */
export const sessionRevoke = {
  name: 'session:revoke',
  request: z.object({
    cmid: cmidSchema,
    /** Left out: the asking user. */
    userId: userIdSchema.optional(),
    what: z.union([
      z.object({ scope: z.enum(['this', 'others', 'all']) }),
      z.object({ scope: z.literal('session'), sessionId: sessionIdSchema }),
      z.object({ scope: z.literal('device'), deviceId: deviceIdSchema }),
    ]),
  }),
  response: z.object({}),
} as const;
