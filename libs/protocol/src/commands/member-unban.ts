import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';

/** Ends a ban before its time. Nobody becomes a member by it. */
export const memberUnban = {
  name: 'member:unban',
  request: z.object({ ...changeFields, userId: userIdSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
