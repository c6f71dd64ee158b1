import { z } from 'zod';
import { caseIdSchema, caseViewSchema, contextMessageSchema, recordSchema, reportSchema } from '../moderation.ts';

/** A case with its reports, the messages round it (hidden and deleted ones as far as they are kept), and the record of the user it is about. */
export const reportGet = {
  name: 'report:get',
  request: z.object({ caseId: caseIdSchema }),
  response: z.object({ case: caseViewSchema, reports: z.array(reportSchema), context: z.array(contextMessageSchema), record: recordSchema.nullable() }),
} as const;
