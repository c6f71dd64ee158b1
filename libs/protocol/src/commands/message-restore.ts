import { z } from 'zod';
import { changeFields, epochSchema, eventIdSchema, seqSchema } from '../ids.ts';

/** Shows a hidden message again; owner and moderators. */
export const messageRestore = {
  name: 'message:restore',
  request: z.object({ ...changeFields, messageId: eventIdSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
