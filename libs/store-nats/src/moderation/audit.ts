import type { Audit } from '@parley/domain';
import { LIMITS, roomIdSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';
import { limitSchema, READING_TIMEOUT_MS, timeSchema } from '../query.ts';
import type { Calls } from './calls.ts';

export const AUDIT_CALLS: Calls<Audit> = {
  audit: {
    request: z.tuple([z.object({
      roomId: roomIdSchema.optional(), by: userIdSchema.optional(), userId: userIdSchema.optional(), act: z.string().max(64).optional(), text: z.string().max(LIMITS.reasonLength).optional(),
      from: timeSchema.optional(), until: timeSchema.optional(), before: z.string().max(64).optional(), limit: limitSchema,
    })]),
    timeoutMs: READING_TIMEOUT_MS,
  },
};
