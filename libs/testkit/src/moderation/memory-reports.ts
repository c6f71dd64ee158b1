import { CASE_REPORTS, CONTEXT_MESSAGES, isDirect, newCaseId, newReportId, RECORD_ACTS, type CaseDetail, type CaseQuery, type NewReport, type Reports, type RoomSanctions, type ServerAct } from '@parley/domain';
import { LIMITS, type CaseDecision, type CaseId, type CaseView, type ContextMessage, type Report, type RoomId, type SanctionView, type UserId, type UserRecord } from '@parley/protocol';
import type { MemoryStore } from '../memory-store.ts';
import type { MemoryAudit } from './memory-audit.ts';

type Kept = { case: CaseView; reports: (Report & { cmid: string | undefined })[] };
/** `reports` and names are filled in when it is shown. */
const newCase = ({ roomId, messageId, userId, at }: NewReport): CaseView => ({
  id: newCaseId(at), roomId, roomName: '', messageId, userId, userName: '', status: 'open', reports: 0, categories: [], openedAt: at, lastReportAt: at,
  claimedBy: null, claimedUntil: null, decision: null, decidedBy: null, decidedAt: null,
});

export class MemoryReports implements Reports {
  readonly #store: MemoryStore;
  readonly #audit: MemoryAudit;
  readonly #sanctions: RoomSanctions;
  readonly #acts: () => readonly ServerAct[];
  readonly #cases: Kept[] = [];

  constructor({ store, audit, sanctions, acts }: { store: MemoryStore; audit: MemoryAudit; sanctions: RoomSanctions; acts: () => readonly ServerAct[] }) {
    this.#store = store;
    this.#audit = audit;
    this.#sanctions = sanctions;
    this.#acts = acts;
  }

  async report(report: NewReport): ReturnType<Reports['report']> {
    const { roomId, messageId, userId, by, category, remark, at, cmid } = report;
    for (const { case: { id }, reports } of this.#cases) {
      const again = reports.find((each) => cmid !== undefined && each.by === by && each.cmid === cmid);
      if (again) return { reportId: again.id, caseId: id, isNew: false };
    }
    let kept = this.#cases.find(({ case: each }) => each.decision === null && each.roomId === roomId && each.userId === userId && each.messageId === messageId);
    if (!kept) this.#cases.push((kept = { case: newCase(report), reports: [] }));
    const same = kept.reports.find((each) => each.by === by);
    if (same) return { reportId: same.id, caseId: kept.case.id, isNew: false };
    const fresh = { id: newReportId(at), by, byName: '', category, remark, at, cmid };
    kept.reports.push(fresh);
    kept.case = { ...kept.case, reports: kept.reports.length, categories: [...new Set([...kept.case.categories, category])], lastReportAt: Math.max(at, kept.case.lastReportAt) };
    return { reportId: fresh.id, caseId: kept.case.id, isNew: true };
  }

  async cases({ in: scope, notAbout, status, at, after, limit }: CaseQuery): ReturnType<Reports['cases']> {
    const rooms = scope === 'all' ? null : 'roomId' in scope ? [scope.roomId] : await this.#moderated(scope.moderatedBy);
    const views = await Promise.all(this.#cases.map((kept) => this.#view(kept, at)));
    const found = views.filter((each) => each.status === status && each.userId !== notAbout && (rooms === null || rooms.includes(each.roomId))).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (status === 'closed') found.reverse();
    const beyond = found.filter(({ id }) => after === undefined || (status === 'closed' ? id < after : id > after));
    return { cases: beyond.slice(0, limit), next: beyond.length > limit ? beyond[limit - 1]!.id : null };
  }

  async caseOf(caseId: CaseId, at: number): Promise<CaseView | null> {
    const kept = this.#find(caseId);
    return kept ? this.#view(kept, at) : null;
  }

  async caseDetail(caseId: CaseId, at: number): Promise<CaseDetail | null> {
    const kept = this.#find(caseId);
    if (!kept) return null;
    const reports = await Promise.all(kept.reports.slice(0, CASE_REPORTS).map(async ({ id, by, category, remark, at: filedAt }): Promise<Report> => ({ id, by, byName: by ? await this.#nameOf(by) : '', category, remark, at: filedAt })));
    return { case: await this.#view(kept, at), reports, context: await this.#contextOf(kept.case) };
  }

  async claim(caseId: CaseId, by: UserId, at: number): ReturnType<Reports['claim']> {
    const kept = this.#find(caseId);
    if (!kept) return null;
    const { status, claimedBy } = asOf(kept.case, at);
    if (status === 'closed' || (status === 'claimed' && claimedBy !== by)) return status;
    kept.case = { ...kept.case, claimedBy: by, claimedUntil: at + LIMITS.claimMs };
    return this.#view(kept, at);
  }

  async release(caseId: CaseId, by: UserId, at: number): ReturnType<Reports['release']> {
    const kept = this.#find(caseId);
    if (!kept) return null;
    const { status, claimedBy } = asOf(kept.case, at);
    if (status === 'closed' || (status === 'claimed' && claimedBy !== by)) return status;
    kept.case = { ...kept.case, claimedBy: null, claimedUntil: null };
    return this.#view(kept, at);
  }

  async decide(caseId: CaseId, decision: CaseDecision, by: UserId, at: number, remark: string): ReturnType<Reports['decide']> {
    const kept = this.#find(caseId);
    if (!kept) return null;
    const { status, claimedBy, decidedBy, decision: known, roomId, userId, messageId } = asOf(kept.case, at);
    if (status === 'closed') return decidedBy === by && known === decision ? this.#view(kept, at) : 'closed';
    if (status === 'open') return 'unclaimed';
    if (claimedBy !== by) return 'claimed';
    kept.case = { ...kept.case, decision, decidedBy: by, decidedAt: at, claimedBy: null, claimedUntil: null };
    this.#audit.record({ id: `case.${caseId}`, at, act: 'case.closed', by, roomId, userId, messageId, reason: remark, detail: `decision=${decision}`, until: null });
    return this.#view(kept, at);
  }

  async record(userId: UserId, roomId: RoomId | null, at: number): Promise<UserRecord | null> {
    const [user] = await this.#store.findUsers([userId]);
    if (!user) return null;
    const about = this.#cases.map((kept) => kept.case).filter((each) => each.userId === userId && (roomId === null || each.roomId === roomId));
    const count = (decision: CaseDecision | null): number => about.filter((each) => each.decision === decision).length;
    return {
      userId, name: user.name, since: null, reports: { open: count(null), upheld: count('upheld'), dismissed: count('dismissed') },
      sanctions: [...this.#bansOfServer(userId), ...(await this.#sanctions.sanctionsAgainst(userId))]
        .filter((each) => (roomId === null || each.roomId === roomId) && (each.until === null || each.until > at)),
      acts: (await this.#audit.audit({ userId, roomId: roomId ?? undefined, limit: RECORD_ACTS })).entries,
    };
  }

  #bansOfServer(userId: UserId): SanctionView[] {
    const last = this.#acts().findLast((act) => (act.act === 'user.banned' || act.act === 'user.unbanned') && act.userId === userId);
    return last?.act === 'user.banned' ? [{ kind: 'ban', userId, roomId: null, reason: last.reason, since: last.at, until: last.until, by: last.by }] : [];
  }

  #find(caseId: CaseId): Kept | undefined {
    return this.#cases.find(({ case: { id } }) => id === caseId);
  }

  async #view(kept: Kept, at: number): Promise<CaseView> {
    const { roomId, userId } = kept.case;
    return { ...asOf(kept.case, at), roomName: (await this.#store.seed(roomId))?.state.name ?? '', userName: await this.#nameOf(userId) };
  }

  async #nameOf(userId: UserId): Promise<string> {
    return (await this.#store.findUsers([userId]))[0]?.name ?? '';
  }

  async #moderated(userId: UserId): Promise<RoomId[]> {
    const { rooms } = await this.#store.listRooms({ userId, scope: 'mine', limit: Number.MAX_SAFE_INTEGER });
    return rooms.filter(({ role }) => role === 'owner' || role === 'moderator').map(({ id }) => id);
  }

  async #contextOf({ roomId, messageId, userId }: CaseView): Promise<ContextMessage[]> {
    const messages = await this.#messagesOf(roomId);
    if (messageId === null) return isDirect(roomId) ? [] : messages.filter(({ by }) => by === userId).slice(-CONTEXT_MESSAGES.room);
    const around = isDirect(roomId) ? CONTEXT_MESSAGES.direct : CONTEXT_MESSAGES.room;
    const centre = messages.findIndex(({ id }) => id === messageId);
    return centre < 0 ? [] : messages.slice(Math.max(0, centre - around), centre + around + 1);
  }

  async #messagesOf(roomId: RoomId): Promise<ContextMessage[]> {
    const messages = new Map<string, ContextMessage>();
    const { events } = await this.#store.archive(roomId, 0, Number.MAX_SAFE_INTEGER);
    for (const event of events) {
      if (event.type === 'message.created' && event.by) messages.set(event.id, { id: event.id, seq: event.seq, by: event.by, name: event.data.name, at: event.at, body: event.data.body, hidden: false });
      if (!('messageId' in event.data)) continue;
      const message = messages.get(event.data.messageId);
      if (!message || message.body === null) continue;
      if (event.type === 'message.edited') message.body = event.data.body;
      if (event.type === 'message.deleted') Object.assign(message, { body: null, hidden: false });
      if (event.type === 'message.hidden') message.hidden = true;
      if (event.type === 'message.restored') message.hidden = false;
    }
    return [...messages.values()];
  }
}

const asOf = (kept: CaseView, at: number): CaseView => {
  if (kept.decision !== null) return { ...kept, status: 'closed' };
  return kept.claimedUntil !== null && kept.claimedUntil > at ? { ...kept, status: 'claimed' } : { ...kept, status: 'open', claimedBy: null, claimedUntil: null };
};
