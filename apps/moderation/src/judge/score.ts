import type { Finding } from '@parley/content-rules';
import type { ReportCategory } from '@parley/protocol';
import type { Copies } from './similarity.ts';

/** One reason to suspect a message, in points. */
export type Part = { what: string; points: number };
export type Thresholds = { reportAt: number; hideAt: number };

/** What an outside checker says: 0 to 1. */
export type CheckerScore = { name: string; weight: number; score: number; reason?: string | undefined };
/** What counts of what is known against a user. */
export type Standing = { upheld: number; dismissed: number; sanctions: number };

/** Others who said the same, or rooms in which it was said, beyond the first: so many before it is suspicious. */
const COPIES = 3;
/** As `UserRecord` and reports count them. */
const PER_UPHELD = 10;
const PER_SANCTION = 10;
const MOST_FOR_RECORD = 40;
/** A record alone is no suspicion: it makes one heavier. */
const LEAST_SUSPICION = 1;

/** What is to be rejected can only be hidden by now: each gateway knows what was said at it, and here it is known what was said at all. */
export const partOfRule = ({ ruleId, action }: Finding, { reportAt, hideAt }: Thresholds): Part => ({ what: `rule ${ruleId}`, points: action === 'report' ? reportAt : hideAt });

export const partOfCopies = ({ users, rooms }: Copies, points: number): Part | null =>
  (users - 1) + (rooms - 1) >= COPIES && points > 0 ? { what: `nearly the same by ${users} in ${rooms === 1 ? 'one room' : `${rooms} rooms`}`, points } : null;

export const partOfChecker = ({ name, weight, score, reason }: CheckerScore): Part | null => {
  const points = Math.round(weight * score);
  return points > 0 ? { what: reason === undefined ? `${name} ${score.toFixed(2)}` : `${name} ${score.toFixed(2)} (${reason})`, points } : null;
};

/** Only where there is something else. */
export const partOfRecord = ({ upheld, dismissed, sanctions }: Standing, others: readonly Part[]): Part | null => {
  if (total(others) < LEAST_SUSPICION) return null;
  const points = Math.min(MOST_FOR_RECORD, Math.max(0, (upheld - dismissed) * PER_UPHELD) + sanctions * PER_SANCTION);
  return points > 0 ? { what: `record (${upheld} upheld, ${sanctions} in force)`, points } : null;
};

export const total = (parts: readonly Part[]): number => parts.reduce((sum, { points }) => sum + points, 0);

export type Verdict = 'nothing' | 'report' | 'hide';
export const verdictOf = (parts: readonly Part[], { reportAt, hideAt }: Thresholds): Verdict => {
  const points = total(parts);
  return points >= hideAt ? 'hide' : points >= Math.min(reportAt, hideAt) ? 'report' : 'nothing';
};

/** For moderators: the score, and what it comes from. */
export const remarkOf = (parts: readonly Part[]): string => `${total(parts)} points: ${parts.map(({ what, points }) => `${what} +${points}`).join(', ')}`;

/** For everybody in the room. */
export const reasonOf = (findings: readonly Finding[]): string => findings.find(({ action }) => action !== 'report')?.reason ?? 'hidden by automatic moderation';

export const CATEGORY: ReportCategory = 'spam';
