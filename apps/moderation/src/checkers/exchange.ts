import { LIMITS } from '@parley/protocol';
import { z } from 'zod';
import type { Said } from '../said.ts';

/** What a checker is asked. Fields may come to it; `version` rises when one changes or goes. */
export const questionOf = ({ eventId, messageId, roomId, userId, name, body, at, edited }: Said): object =>
  ({ version: 1, eventId, messageId, roomId, userId, name, body, at, edited });

/** What it answers: how much is wrong, 0 to 1, and why, for moderators to read. */
export const answerSchema = z.object({
  score: z.number().min(0).max(1),
  reason: z.string().max(LIMITS.reasonLength).refine((text) => text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text), 'has control characters').optional(),
});
export type CheckerAnswer = z.infer<typeof answerSchema>;

/** A larger answer is not read. */
export const ANSWER_BYTES = 16 * 1024;
