import type { RuleBook } from '@parley/domain';
import { rulesSchema, userIdSchema } from '@parley/protocol';
import { z } from 'zod';
import { READING_TIMEOUT_MS } from '../query.ts';
import type { Calls } from './calls.ts';

export const RULE_BOOK_CALLS: Calls<RuleBook> = {
  rules: { request: z.tuple([]), timeoutMs: READING_TIMEOUT_MS },
  saveRules: { request: z.tuple([z.number().int().nonnegative(), rulesSchema, userIdSchema.nullable()]), timeoutMs: READING_TIMEOUT_MS },
};
