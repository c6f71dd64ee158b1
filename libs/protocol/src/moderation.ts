import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { eventIdSchema, nameSchema, roomIdSchema, seqSchema, userIdSchema } from './ids.ts';

/** Why something was done, for everybody it concerns to read: one line. */
export const reasonSchema = nameSchema(LIMITS.reasonLength);

/** How long a sanction holds, milliseconds; `null`: until it is undone. */
export const sanctionMsSchema = z.number().int().min(1_000).max(LIMITS.sanctionMs).nullable();

/** A mute or a ban in force. */
export const sanctionViewSchema = z.object({
  kind: z.enum(['mute', 'ban']),
  userId: userIdSchema,
  /** `null`: of the whole server. */
  roomId: roomIdSchema.nullable(),
  reason: z.string(),
  /** Milliseconds since 1970; `until: null` holds until it is undone. */
  since: z.number().int(),
  until: z.number().int().nullable(),
  /** Left out for those it is against; `null` where the server acted by itself. */
  by: userIdSchema.nullable().optional(),
});
export type SanctionView = z.infer<typeof sanctionViewSchema>;

/** Kinds of things a reporter can say, so that a queue can be sorted. */
export const reportCategorySchema = z.enum(['spam', 'harassment', 'hate', 'violence', 'sexual', 'self_harm', 'illegal', 'other']);
export type ReportCategory = z.infer<typeof reportCategorySchema>;

/** Free text for moderators alone; may have lines. */
export const remarkSchema = z.string().trim().max(LIMITS.remarkLength).refine((text) => text.isWellFormed() && !text.includes('\0'), 'not well-formed Unicode, or with a NUL character');

const ulid = (what: string) => z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, `not ${what}`);
export const reportIdSchema = ulid('a report id').brand<'ReportId'>();
export type ReportId = z.infer<typeof reportIdSchema>;
export const caseIdSchema = ulid('a case id').brand<'CaseId'>();
export type CaseId = z.infer<typeof caseIdSchema>;

export const caseStatusSchema = z.enum(['open', 'claimed', 'closed']);
export type CaseStatus = z.infer<typeof caseStatusSchema>;
export const decisionSchema = z.enum(['upheld', 'dismissed']);
export type CaseDecision = z.infer<typeof decisionSchema>;

/** All reports of one message, or of one user in one room, until it is closed. */
export const caseViewSchema = z.object({
  id: caseIdSchema,
  roomId: roomIdSchema,
  roomName: z.string(),
  /** The message in question; `null`: the user as such. */
  messageId: eventIdSchema.nullable(),
  /** Whom it is about. */
  userId: userIdSchema,
  userName: z.string(),
  status: caseStatusSchema,
  /** How many reported it; the moderation worker counts as one. */
  reports: z.number().int().positive(),
  /** Of the reports, each once. */
  categories: z.array(reportCategorySchema),
  /** Milliseconds since 1970: the first report, the last. */
  openedAt: z.number().int(),
  lastReportAt: z.number().int(),
  /** Who works on it, and until when nobody else can. */
  claimedBy: userIdSchema.nullable(),
  claimedUntil: z.number().int().nullable(),
  decision: decisionSchema.nullable(),
  decidedBy: userIdSchema.nullable(),
  decidedAt: z.number().int().nullable(),
});
export type CaseView = z.infer<typeof caseViewSchema>;

export const reportSchema = z.object({
  id: reportIdSchema,
  /** `null`: the moderation worker. */
  by: userIdSchema.nullable(),
  byName: z.string(),
  category: reportCategorySchema,
  remark: z.string(),
  at: z.number().int(),
});
export type Report = z.infer<typeof reportSchema>;

/** A message as a moderator sees it: its body also where it is hidden. */
export const contextMessageSchema = z.object({
  id: eventIdSchema,
  seq: seqSchema,
  by: userIdSchema,
  name: z.string(),
  at: z.number().int(),
  /** `null` once deleted. */
  body: z.string().nullable(),
  hidden: z.boolean(),
});
export type ContextMessage = z.infer<typeof contextMessageSchema>;

/** One line of the audit log. `act` is an event of a room's log (`member.banned`) or an act on the server (`user.banned`, `rules.changed`, `case.closed`). */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.number().int(),
  act: z.string(),
  /** `null`: the server by itself. */
  by: userIdSchema.nullable(),
  roomId: roomIdSchema.nullable(),
  /** To whom. */
  userId: userIdSchema.nullable(),
  messageId: eventIdSchema.nullable(),
  reason: z.string(),
  /** What else the act says, as `role=moderator` or `decision=upheld`; may be empty. */
  detail: z.string(),
  /** Milliseconds since 1970, where the act is for a time. */
  until: z.number().int().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
/** Opaque. */
export const auditCursorSchema = z.string().max(64);

/** What is known against a user. */
export const recordSchema = z.object({
  userId: userIdSchema,
  name: z.string(),
  /** Milliseconds since 1970: when it first signed in. `null`: not known. */
  since: z.number().int().nullable(),
  reports: z.object({ open: z.number().int(), upheld: z.number().int(), dismissed: z.number().int() }),
  sanctions: z.array(sanctionViewSchema),
  /** The newest, of acts against it. */
  acts: z.array(auditEntrySchema),
});
export type UserRecord = z.infer<typeof recordSchema>;
