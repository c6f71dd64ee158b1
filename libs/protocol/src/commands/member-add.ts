import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';

/** Makes a user a member; owner and moderators. How one comes into a private room. */
export const memberAdd = {
  name: 'member:add',
  request: z.object({ ...changeFields, userId: userIdSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
