import { z } from 'zod';
import { changeFields, epochSchema, eventIdSchema, seqSchema } from '../ids.ts';
import { reasonSchema } from '../moderation.ts';

/** Deletes one's own message, or another's as owner or moderator. Its body is gone from every view; its place stays. */
export const messageDelete = {
  name: 'message:delete',
  request: z.object({ ...changeFields, messageId: eventIdSchema, reason: reasonSchema.optional() }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, id: eventIdSchema }),
} as const;
