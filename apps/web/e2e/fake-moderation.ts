import { ulid } from 'ulid';
import {
  LIMITS, ProtocolError, type AuditEntry, type CaseId, type CaseView, type CommandRequest, type CommandResponse, type EventId, type Report, type ReportCategory, type ReportId, type RoomId, type Rules, type SanctionView, type UserId, type UserView,
} from '@parley/protocol';
import type { FakeRoom } from './fake-room.ts';

type Held = { view: CaseView; reports: Report[] };

/** The queue, the sanctions, the audit log and the rules of a {@link FakeGateway}, in memory. */
export class FakeModeration {
  readonly admins = new Set<UserId>();
  readonly cases = new Map<CaseId, Held>();
  readonly entries: AuditEntry[] = [];
  rules: { version: number; rules: Rules } = { version: 1, rules: [] };
  #sanctions: SanctionView[] = [];
  readonly #rooms: ReadonlyMap<RoomId, FakeRoom>;
  readonly #users: ReadonlyMap<UserId, UserView>;

  constructor(rooms: ReadonlyMap<RoomId, FakeRoom>, users: ReadonlyMap<UserId, UserView>) {
    this.#rooms = rooms;
    this.#users = users;
  }

  moderates(room: FakeRoom | undefined, user: UserView): boolean {
    const role = room?.members.get(user.id)?.role;
    return this.admins.has(user.id) || role === 'owner' || role === 'moderator';
  }

  sanction(userId: UserId, roomId: RoomId | null, kind: SanctionView['kind']): SanctionView | undefined {
    return this.inForce().find((each) => each.userId === userId && each.roomId === roomId && each.kind === kind);
  }

  inForce(now = Date.now()): SanctionView[] {
    return this.#sanctions.filter(({ until }) => until === null || until > now);
  }

  impose(kind: SanctionView['kind'], userId: UserId, roomId: RoomId | null, forMs: number | null, reason: string, by: UserView): SanctionView {
    const sanction: SanctionView = { kind, userId, roomId, reason, since: Date.now(), until: forMs === null ? null : Date.now() + forMs };
    this.lift(kind, userId, roomId);
    this.#sanctions.push({ ...sanction, by: by.id });
    this.log({ act: roomId === null ? 'user.banned' : kind === 'mute' ? 'member.muted' : 'member.banned', by: by.id, userId, roomId, reason, until: sanction.until });
    return sanction;
  }

  lift(kind: SanctionView['kind'], userId: UserId, roomId: RoomId | null): void {
    this.#sanctions = this.#sanctions.filter((each) => !(each.kind === kind && each.userId === userId && each.roomId === roomId));
  }

  log(entry: Partial<AuditEntry> & { act: string }): void {
    this.entries.push({ id: ulid(), at: Date.now(), by: null, roomId: null, userId: null, messageId: null, reason: '', detail: '', until: null, ...entry });
  }

  report(room: FakeRoom, subject: { messageId: EventId | null; userId: UserId }, by: UserView | null, category: ReportCategory, remark: string, at = Date.now()): ReportId {
    let held = [...this.cases.values()].find(({ view }) => view.status !== 'closed' && view.roomId === room.id && view.messageId === subject.messageId && view.userId === subject.userId);
    if (!held) {
      const id = ulid(at) as CaseId;
      held = {
        view: {
          id, roomId: room.id, roomName: room.name, ...subject, userName: this.#users.get(subject.userId)?.name ?? '', status: 'open', reports: 1, categories: [], openedAt: at, lastReportAt: at,
          claimedBy: null, claimedUntil: null, decision: null, decidedBy: null, decidedAt: null,
        },
        reports: [],
      };
      this.cases.set(id, held);
    }
    const report: Report = { id: ulid() as ReportId, by: by?.id ?? null, byName: by?.name ?? '', category, remark, at };
    held.reports.push(report);
    held.view = { ...held.view, reports: held.reports.length, lastReportAt: at, categories: [...new Set([...held.view.categories, category])] };
    return report.id;
  }

  list({ status, roomId, after, limit }: CommandRequest<'report:list'>, user: UserView): CommandResponse<'report:list'> {
    const all = [...this.cases.values()].map(({ view }) => view)
      .filter((view) => view.status === status && (roomId === undefined || view.roomId === roomId) && this.moderates(this.#rooms.get(view.roomId), user));
    const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const cases = all.slice(from, from + limit);
    return { cases, next: from + limit < all.length ? cases.at(-1)?.id ?? null : null };
  }

  held(caseId: CaseId, user: UserView): Held {
    const held = this.cases.get(caseId);
    if (!held || !this.moderates(this.#rooms.get(held.view.roomId), user)) throw new ProtocolError('case_not_found');
    return held;
  }

  detail(caseId: CaseId, user: UserView): CommandResponse<'report:get'> {
    const { view, reports } = this.held(caseId, user);
    const room = this.#rooms.get(view.roomId);
    const all = room?.context() ?? [];
    const at = all.findIndex(({ id }) => id === view.messageId);
    const context = at < 0 ? all.filter(({ by }) => by === view.userId).slice(-5) : all.slice(Math.max(0, at - 4), at + 4);
    const ofUser = [...this.cases.values()].map((held) => held.view).filter(({ userId }) => userId === view.userId);
    const closed = (decision: string): number => ofUser.filter((each) => each.decision === decision).length;
    return {
      case: view, reports, context,
      record: {
        userId: view.userId, name: view.userName, since: 1_700_000_000_000,
        reports: { open: ofUser.filter(({ status }) => status !== 'closed').length, upheld: closed('upheld'), dismissed: closed('dismissed') },
        sanctions: this.inForce().filter(({ userId }) => userId === view.userId), acts: this.entries.filter(({ userId }) => userId === view.userId).slice(-10).toReversed(),
      },
    };
  }

  /** The case, changed, unless another works on it. */
  change(caseId: CaseId, user: UserView, change: Partial<CaseView>): { case: CaseView } {
    const held = this.held(caseId, user);
    if (held.view.status === 'closed') throw new ProtocolError('conflict');
    if (held.view.claimedBy !== null && held.view.claimedBy !== user.id) throw new ProtocolError('claimed');
    held.view = { ...held.view, ...change };
    return { case: held.view };
  }

  claim(caseId: CaseId, user: UserView): { case: CaseView } {
    return this.change(caseId, user, { status: 'claimed', claimedBy: user.id, claimedUntil: Date.now() + LIMITS.claimMs });
  }

  audit({ roomId, by, userId, act, text, before, limit }: CommandRequest<'audit:list'>, user: UserView): CommandResponse<'audit:list'> {
    if (!this.moderates(roomId === undefined ? undefined : this.#rooms.get(roomId), user)) throw new ProtocolError('forbidden');
    const all = this.entries.toReversed().filter((entry) =>
      (roomId === undefined || entry.roomId === roomId) && (by === undefined || entry.by === by) && (userId === undefined || entry.userId === userId) && (act === undefined || entry.act === act) && (text === undefined || entry.reason.includes(text)));
    const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
    const entries = all.slice(from, from + limit);
    return { entries, next: from + limit < all.length ? entries.at(-1)?.id ?? null : null };
  }
}
