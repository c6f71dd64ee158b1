import { z } from 'zod';
import { roomIdSchema, userIdSchema } from '../ids.ts';
import { recordSchema } from '../moderation.ts';

/** What is known against a user: moderators of the room see what concerns it, an admin without `roomId` everything. */
export const userRecord = {
  name: 'user:record',
  request: z.object({ userId: userIdSchema, roomId: roomIdSchema.optional() }),
  response: z.object({ record: recordSchema }),
} as const;
