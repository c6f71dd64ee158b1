import { z } from 'zod';
import { caseIdSchema, caseViewSchema } from '../moderation.ts';

/** Gives a claimed case back to the queue. */
export const reportRelease = {
  name: 'report:release',
  request: z.object({ caseId: caseIdSchema }),
  response: z.object({ case: caseViewSchema }),
} as const;
