import type {
  AuditEntry, CaseDecision, CaseId, CaseStatus, CaseView, Cmid, ContextMessage, DeviceId, EventId, Report, ReportCategory, ReportId, RoomId, Rules, SanctionView, SessionId, UserId, UserRecord,
} from '@parley/protocol';
import type { Unwatch } from './room-log.ts';

/** What an act on the whole server says. `until` and `before` are milliseconds since 1970; `until: null` is for good. */
export type ServerActBody =
  | { act: 'user.banned'; userId: UserId; until: number | null; reason: string }
  | { act: 'user.unbanned'; userId: UserId }
  | { act: 'user.made_admin'; userId: UserId }
  | { act: 'user.unmade_admin'; userId: UserId }
  /** Sessions begun before `before`, but `except`. Of all revocations, `until`: from when on no token of these sessions is good anyway. */
  | { act: 'sessions.revoked'; userId: UserId; before: number; except?: SessionId | undefined; until: number }
  | { act: 'session.revoked'; userId: UserId; sessionId: SessionId; until: number }
  /** Sessions of the device begun before `before`. */
  | { act: 'device.revoked'; userId: UserId; deviceId: DeviceId; before: number; until: number }
  | { act: 'rules.changed'; version: number };

/** `by: null`: the server, or an operator at its terminal. */
export type NewServerAct = ServerActBody & { by: UserId | null; cmid: Cmid };
/** `serial` rises by order of commit: who has read up to one has missed none below it. */
export type ServerAct = NewServerAct & { serial: number; at: number };

/** Some of the acts that are in force. `upTo`: the highest serial of all acts when the page was read. */
export type InForcePage = { acts: ServerAct[]; upTo: number; more: boolean };

/** What is done on the whole server: a log that every gateway follows, as it follows the heads of rooms. */
export interface ServerActs {
  /** Idempotent by (`by`, `cmid`): the first one's act is answered. */
  act(act: NewServerAct): Promise<ServerAct>;
  /** Ascending, with `serial` above `after`. */
  actsAfter(after: number, limit: number): Promise<ServerAct[]>;
  /**
   * The acts that say what is in force, ascending, with `serial` above `after`; those that later ones have undone or replaced, and
   * those that are over, may be left out. Whoever reads all pages, and then `actsAfter` the first page's `upTo`, has missed nothing.
   */
  inForce(after: number, limit: number): Promise<InForcePage>;
  /** A hint that there are new ones; may be lost. */
  watchActs(listener: () => void): Unwatch;
}

export type NewReport = {
  roomId: RoomId;
  messageId: EventId | null;
  /** Whom it is about. */
  userId: UserId;
  /** `null`: the moderation worker. */
  by: UserId | null;
  category: ReportCategory;
  remark: string;
  at: number;
  /** The same by the same is the same report for good, also once its case is closed. */
  cmid?: Cmid | undefined;
};
/** `in`: one room, the rooms this user is owner or moderator of as far as persistence has taken them in, or all. */
export type CaseQuery = {
  in: { roomId: RoomId } | { moderatedBy: UserId } | 'all';
  /** Cases about this user are left out. `null`: an operator asks. */
  notAbout: UserId | null;
  status: CaseStatus;
  at: number;
  after?: CaseId | undefined;
  limit: number;
};
/** `reports`: the first ones, as many as {@link CASE_REPORTS}. */
export type CaseDetail = { case: CaseView; reports: Report[]; context: ContextMessage[] };

/** Reports shown of one case; `CaseView.reports` counts them all. */
export const CASE_REPORTS = 50;
/** Messages shown on each side of the one in question. Of a direct room few: nobody but its two users reads there. */
export const CONTEXT_MESSAGES = { room: 10, direct: 2 } as const;
/** Acts in a {@link UserRecord}. */
export const RECORD_ACTS = 20;

/**
 * The queue of what people, and the moderation worker, have reported. `at` is now: a claim is compared with it. Methods that change a
 * case answer the case as it then is, or why it was not changed; `null`: there is none.
 */
export interface Reports {
  /** All reports of one message, or of one user in one room, are one case until it is closed. The same by the same in one case is the same report. */
  report(report: NewReport): Promise<{ reportId: ReportId; caseId: CaseId; isNew: boolean }>;
  /** The longest waiting first; of closed ones, the newest. */
  cases(query: CaseQuery): Promise<{ cases: CaseView[]; next: CaseId | null }>;
  caseOf(caseId: CaseId, at: number): Promise<CaseView | null>;
  caseDetail(caseId: CaseId, at: number): Promise<CaseDetail | null>;
  /** For `claimMs` from `at`. `'claimed'`: another has it. */
  claim(caseId: CaseId, by: UserId, at: number): Promise<CaseView | 'claimed' | 'closed' | null>;
  release(caseId: CaseId, by: UserId, at: number): Promise<CaseView | 'claimed' | 'closed' | null>;
  /** By whoever has claimed it; with a line of the audit log. The same decision by the same again changes nothing. `'unclaimed'`: nobody has claimed it, or no longer. */
  decide(caseId: CaseId, decision: CaseDecision, by: UserId, at: number, remark: string): Promise<CaseView | 'claimed' | 'unclaimed' | 'closed' | null>;
  /** With a room: what concerns it alone. `null`: no such user. */
  record(userId: UserId, roomId: RoomId | null, at: number): Promise<UserRecord | null>;
}

export type AuditQuery = {
  roomId?: RoomId | undefined; by?: UserId | undefined; userId?: UserId | undefined; act?: string | undefined; text?: string | undefined;
  from?: number | undefined; until?: number | undefined; before?: string | undefined; limit: number;
};

/** Who did what to whom: room events of moderation, acts on the server, decisions on cases. Rows are never changed nor removed. */
export interface Audit {
  /** The newest first. */
  audit(query: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }>;
}

/** What messages are held against before they are taken. */
export interface RuleBook {
  rules(): Promise<{ version: number; rules: Rules }>;
  /** Stores them as `version + 1` if they are of `version`, with the act `rules.changed`; `null` if they are not. */
  saveRules(version: number, rules: Rules, by: UserId | null): Promise<number | null>;
}

/** The sanctions in force in rooms, as far as persistence has taken them in. */
export interface RoomSanctions {
  roomSanctions(roomId: RoomId, after: UserId | undefined, limit: number): Promise<{ sanctions: SanctionView[]; next: UserId | null }>;
  /** Against one user, in all rooms. */
  sanctionsAgainst(userId: UserId): Promise<SanctionView[]>;
}

/**
 * All that moderation keeps outside the room logs: on Postgres in standalone and in the workers, by request and reply from
 * a gateway of a cluster, as `Store`. Every method throws `StoreUnavailable` when it cannot be answered.
 */
export interface ModerationStore extends ServerActs, Reports, Audit, RuleBook, RoomSanctions {
  close(): Promise<void>;
}
