import { z } from 'zod';
import { caseIdSchema, caseViewSchema } from '../moderation.ts';

/** Takes a case, so that no two work on it: for `claimMs`, and longer if claimed again. Another's is refused with `claimed`. */
export const reportClaim = {
  name: 'report:claim',
  request: z.object({ caseId: caseIdSchema }),
  response: z.object({ case: caseViewSchema }),
} as const;
