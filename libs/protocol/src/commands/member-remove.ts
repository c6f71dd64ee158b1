import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';

/** Ends a user's membership; owner and moderators, and only of those below them. */
export const memberRemove = {
  name: 'member:remove',
  request: z.object({ ...changeFields, userId: userIdSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
