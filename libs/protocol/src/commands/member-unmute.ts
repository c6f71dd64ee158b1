import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';

/** Ends a mute before its time. */
export const memberUnmute = {
  name: 'member:unmute',
  request: z.object({ ...changeFields, userId: userIdSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
