import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { roomIdSchema } from '../ids.ts';
import { caseIdSchema, caseStatusSchema, caseViewSchema } from '../moderation.ts';

/** The queue: cases of rooms the asking user moderates (an admin: all), the longest waiting first. Reports of one message or user are one case. */
export const reportList = {
  name: 'report:list',
  request: z.object({
    status: caseStatusSchema.default('open'),
    roomId: roomIdSchema.optional(),
    after: caseIdSchema.optional(),
    limit: z.number().int().min(1).max(LIMITS.casesPage).default(LIMITS.casesPage),
  }),
  response: z.object({ cases: z.array(caseViewSchema), next: caseIdSchema.nullable() }),
} as const;
