import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { epochSchema, roomIdSchema, seqSchema } from '../ids.ts';
import { messageViewSchema } from '../views.ts';

/** The newest messages below `before` (or of all), ascending by `seq`, folded up to the room's `epoch` and `seq`. For members. */
export const roomHistory = {
  name: 'room:history',
  request: z.object({
    roomId: roomIdSchema,
    before: seqSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.historyPage).default(50),
  }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, messages: z.array(messageViewSchema), more: z.boolean() }),
} as const;
