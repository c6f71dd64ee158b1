import { z } from 'zod';
import { cmidSchema, eventIdSchema, roomIdSchema, userIdSchema } from '../ids.ts';
import { reportCategorySchema, reportIdSchema, remarkSchema } from '../moderation.ts';

/** Tells the moderators of a message, or of a user; members of the room. The same message or user again by the same reporter is the same report. */
export const reportCreate = {
  name: 'report:create',
  request: z.object({
    cmid: cmidSchema,
    roomId: roomIdSchema,
    subject: z.union([z.object({ messageId: eventIdSchema }), z.object({ userId: userIdSchema })]),
    category: reportCategorySchema,
    remark: remarkSchema.optional(),
  }),
  response: z.object({ reportId: reportIdSchema }),
} as const;
