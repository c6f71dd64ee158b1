import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';
import { reasonSchema } from '../moderation.ts';

/** Ends a user's membership; owner and moderators, and only of those below them. */
export const memberRemove = {
  name: 'member:remove',
  request: z.object({ ...changeFields, userId: userIdSchema, reason: reasonSchema.optional() }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
