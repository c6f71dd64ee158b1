import type { Reports } from '@parley/domain';
import { caseIdSchema, caseStatusSchema, cmidSchema, decisionSchema, eventIdSchema, LIMITS, reportCategorySchema, roomIdSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';
import { limitSchema, LOOKUP_TIMEOUT_MS, READING_TIMEOUT_MS, timeSchema } from '../query.ts';
import type { Calls } from './calls.ts';

const remarkSchema = z.string().max(LIMITS.remarkLength);

export const REPORT_CALLS: Calls<Reports> = {
  report: {
    request: z.tuple([z.object({
      roomId: roomIdSchema, messageId: eventIdSchema.nullable(), userId: userIdSchema, by: userIdSchema.nullable(), category: reportCategorySchema, remark: remarkSchema, at: timeSchema,
      cmid: cmidSchema.optional(),
    })]),
    timeoutMs: LOOKUP_TIMEOUT_MS,
  },
  cases: {
    request: z.tuple([z.object({
      in: z.union([z.object({ roomId: roomIdSchema }), z.object({ moderatedBy: userIdSchema }), z.literal('all')]),
      notAbout: userIdSchema.nullable(), status: caseStatusSchema, at: timeSchema, after: caseIdSchema.optional(), limit: limitSchema,
    })]),
    timeoutMs: READING_TIMEOUT_MS,
  },
  caseOf: { request: z.tuple([caseIdSchema, timeSchema]), timeoutMs: READING_TIMEOUT_MS },
  caseDetail: { request: z.tuple([caseIdSchema, timeSchema]), timeoutMs: READING_TIMEOUT_MS },
  claim: { request: z.tuple([caseIdSchema, userIdSchema, timeSchema]), timeoutMs: LOOKUP_TIMEOUT_MS },
  release: { request: z.tuple([caseIdSchema, userIdSchema, timeSchema]), timeoutMs: LOOKUP_TIMEOUT_MS },
  decide: { request: z.tuple([caseIdSchema, decisionSchema, userIdSchema, timeSchema, remarkSchema]), timeoutMs: LOOKUP_TIMEOUT_MS },
  record: { request: z.tuple([userIdSchema, roomIdSchema.nullable(), timeSchema]), timeoutMs: READING_TIMEOUT_MS },
};
