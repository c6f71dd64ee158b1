import { z } from 'zod';
import { changeFields, epochSchema, seqSchema, userIdSchema } from '../ids.ts';
import { roleSchema } from '../events.ts';

/** Gives a member a role; the owner alone. Giving `owner` hands the room on: the giver becomes a moderator. */
export const memberRole = {
  name: 'member:role',
  request: z.object({ ...changeFields, userId: userIdSchema, role: roleSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
