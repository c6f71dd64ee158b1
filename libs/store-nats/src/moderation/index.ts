import type { ModerationAnswers } from '@parley/domain';
import { AUDIT_CALLS } from './audit.ts';
import type { Calls } from './calls.ts';
import { REPORT_CALLS } from './reports.ts';
import { ROOM_SANCTION_CALLS } from './room-sanctions.ts';
import { RULE_BOOK_CALLS } from './rules.ts';
import { SERVER_ACT_CALLS } from './server-acts.ts';

export const MODERATION_CALLS: Calls<ModerationAnswers> = { ...SERVER_ACT_CALLS, ...REPORT_CALLS, ...AUDIT_CALLS, ...RULE_BOOK_CALLS, ...ROOM_SANCTION_CALLS };

export type ModerationCall = keyof ModerationAnswers;
export const MODERATION_CALL_NAMES = Object.keys(MODERATION_CALLS) as ModerationCall[];
