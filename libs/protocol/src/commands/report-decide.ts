import { z } from 'zod';
import { caseIdSchema, caseViewSchema, decisionSchema, remarkSchema } from '../moderation.ts';

/** Closes a case that one has claimed: `upheld` or `dismissed`. What follows for the user (hide, mute, ban) is a command of its own, given before. */
export const reportDecide = {
  name: 'report:decide',
  request: z.object({ caseId: caseIdSchema, decision: decisionSchema, remark: remarkSchema.optional() }),
  response: z.object({ case: caseViewSchema }),
} as const;
