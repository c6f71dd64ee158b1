import { z } from 'zod';
import { changeFields, epochSchema, eventIdSchema, seqSchema } from '../ids.ts';
import { reasonSchema } from '../moderation.ts';

/** Takes a message out of every view, its place stays; owner and moderators. Can be undone by `message:restore`. */
export const messageHide = {
  name: 'message:hide',
  request: z.object({ ...changeFields, messageId: eventIdSchema, reason: reasonSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema }),
} as const;
