import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { changeFields, epochSchema, nameSchema, seqSchema } from '../ids.ts';

/** Changes the name, the topic, slow mode or whether the room is read-only; owner and moderators. */
export const roomUpdate = {
  name: 'room:update',
  request: z.object({
    ...changeFields,
    name: nameSchema(LIMITS.roomNameLength).optional(),
    topic: z.string().trim().max(LIMITS.topicLength).regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'has control characters').optional(),
    slowModeMs: z.number().int().min(0).max(LIMITS.slowModeMs).optional(),
    readOnly: z.boolean().optional(),
  }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
