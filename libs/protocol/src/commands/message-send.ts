import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { changeFields, epochSchema, eventIdSchema, seqSchema, textSchema } from '../ids.ts';

/** Says something. The answer comes once the log has it; the same cmid again gets the same answer, whatever its body. */
export const messageSend = {
  name: 'message:send',
  request: z.object({ ...changeFields, body: textSchema(LIMITS.bodyBytes).refine((body) => body.trim() !== '', 'empty') }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, id: eventIdSchema }),
} as const;
