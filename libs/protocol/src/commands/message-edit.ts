import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { changeFields, epochSchema, eventIdSchema, seqSchema, textSchema } from '../ids.ts';

/** Replaces the body of one's own message. */
export const messageEdit = {
  name: 'message:edit',
  request: z.object({ ...changeFields, messageId: eventIdSchema, body: textSchema(LIMITS.bodyBytes).refine((body) => body.trim() !== '', 'empty') }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, id: eventIdSchema }),
} as const;
