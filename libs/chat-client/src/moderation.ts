import type {
  CaseDecision, CaseId, Cmid, CommandInput, CommandName, CommandResponse, DeviceId, EventId, ReportCategory, RoomId, Rules, SessionId, UserId, After,
} from '@parley/protocol';

export type ModerationOptions = {
  request: <N extends CommandName>(name: N, payload: CommandInput<N>) => Promise<CommandResponse<N>>;
  /** Tried again, with the same cmid, until it is answered for good or takes too long. */
  change: <N extends CommandName>(name: N, payload: CommandInput<N>) => Promise<CommandResponse<N>>;
  newCmid: () => Cmid;
  /** How far an open room is known. */
  cursorOf: (roomId: RoomId) => After | null;
};

type RoomAct = 'message:hide' | 'message:restore' | 'message:delete' | 'member:remove' | 'member:mute' | 'member:unmute' | 'member:ban' | 'member:unban' | 'room:update';
type ActFields<N extends RoomAct> = Omit<CommandInput<N>, 'roomId' | 'cmid' | 'attempt' | 'after'>;

/** A sanction as one gives it: `forMs: null` holds until it is undone. */
export type SanctionTerms = { forMs: number | null; reason: string };

/**
 * What moderators and admins do, in rooms they have open or not, and what anybody may report to them. Everything rejects
 * with a `ChatError`.
 */
export class Moderation {
  readonly #options: ModerationOptions;

  constructor(options: ModerationOptions) {
    this.#options = options;
  }

  /** Tells the moderators of a message, or of a user. */
  report(roomId: RoomId, subject: { messageId: EventId } | { userId: UserId }, category: ReportCategory, remark = ''): Promise<CommandResponse<'report:create'>> {
    return this.#options.change('report:create', { cmid: this.#options.newCmid(), roomId, subject, category, ...(remark.trim() === '' ? {} : { remark }) });
  }

  hide(roomId: RoomId, messageId: EventId, reason: string): Promise<CommandResponse<'message:hide'>> {
    return this.#act('message:hide', roomId, { messageId, reason });
  }

  restore(roomId: RoomId, messageId: EventId): Promise<CommandResponse<'message:restore'>> {
    return this.#act('message:restore', roomId, { messageId });
  }

  deleteMessage(roomId: RoomId, messageId: EventId, reason?: string): Promise<CommandResponse<'message:delete'>> {
    return this.#act('message:delete', roomId, { messageId, ...(reason ? { reason } : {}) });
  }

  kick(roomId: RoomId, userId: UserId, reason?: string): Promise<CommandResponse<'member:remove'>> {
    return this.#act('member:remove', roomId, { userId, ...(reason ? { reason } : {}) });
  }

  mute(roomId: RoomId, userId: UserId, { forMs, reason }: SanctionTerms): Promise<CommandResponse<'member:mute'>> {
    return this.#act('member:mute', roomId, { userId, forMs, reason });
  }

  unmute(roomId: RoomId, userId: UserId): Promise<CommandResponse<'member:unmute'>> {
    return this.#act('member:unmute', roomId, { userId });
  }

  ban(roomId: RoomId, userId: UserId, { forMs, reason }: SanctionTerms): Promise<CommandResponse<'member:ban'>> {
    return this.#act('member:ban', roomId, { userId, forMs, reason });
  }

  unban(roomId: RoomId, userId: UserId): Promise<CommandResponse<'member:unban'>> {
    return this.#act('member:unban', roomId, { userId });
  }

  /** The pause between two messages of one member, milliseconds; 0 ends slow mode. */
  slowMode(roomId: RoomId, slowModeMs: number): Promise<CommandResponse<'room:update'>> {
    return this.#act('room:update', roomId, { slowModeMs });
  }

  readOnly(roomId: RoomId, readOnly: boolean): Promise<CommandResponse<'room:update'>> {
    return this.#act('room:update', roomId, { readOnly });
  }

  /** The mutes and bans in force in a room. */
  sanctions(roomId: RoomId, after?: UserId): Promise<CommandResponse<'room:sanctions'>> {
    return this.#options.request('room:sanctions', { roomId, ...(after === undefined ? {} : { after }) });
  }

  /** A page of the queue. */
  cases(query: CommandInput<'report:list'>): Promise<CommandResponse<'report:list'>> {
    return this.#options.request('report:list', query);
  }

  getCase(caseId: CaseId): Promise<CommandResponse<'report:get'>> {
    return this.#options.request('report:get', { caseId });
  }

  claim(caseId: CaseId): Promise<CommandResponse<'report:claim'>> {
    return this.#options.request('report:claim', { caseId });
  }

  release(caseId: CaseId): Promise<CommandResponse<'report:release'>> {
    return this.#options.request('report:release', { caseId });
  }

  decide(caseId: CaseId, decision: CaseDecision, remark = ''): Promise<CommandResponse<'report:decide'>> {
    return this.#options.request('report:decide', { caseId, decision, ...(remark.trim() === '' ? {} : { remark }) });
  }

  record(userId: UserId, roomId?: RoomId): Promise<CommandResponse<'user:record'>> {
    return this.#options.request('user:record', { userId, ...(roomId === undefined ? {} : { roomId }) });
  }

  /** A page of the audit log; without a room it is for admins. */
  audit(query: CommandInput<'audit:list'>): Promise<CommandResponse<'audit:list'>> {
    return this.#options.request('audit:list', query);
  }

  rules(): Promise<CommandResponse<'rule:list'>> {
    return this.#options.request('rule:list', {});
  }

  saveRules(version: number, rules: Rules): Promise<CommandResponse<'rule:save'>> {
    return this.#options.request('rule:save', { version, rules });
  }

  /** Shuts a user out of the whole server; admins. */
  banUser(userId: UserId, { forMs, reason }: SanctionTerms): Promise<CommandResponse<'user:ban'>> {
    return this.#options.change('user:ban', { cmid: this.#options.newCmid(), userId, forMs, reason });
  }

  unbanUser(userId: UserId): Promise<CommandResponse<'user:unban'>> {
    return this.#options.change('user:unban', { cmid: this.#options.newCmid(), userId });
  }

  /** Ends sessions: of oneself, or as an admin of another. */
  revokeSessions(what: { scope: 'this' | 'others' | 'all' } | { scope: 'session'; sessionId: SessionId } | { scope: 'device'; deviceId: DeviceId }, userId?: UserId): Promise<CommandResponse<'session:revoke'>> {
    return this.#options.change('session:revoke', { cmid: this.#options.newCmid(), what, ...(userId === undefined ? {} : { userId }) });
  }

  #act<N extends RoomAct>(name: N, roomId: RoomId, fields: ActFields<N>): Promise<CommandResponse<N>> {
    const after = this.#options.cursorOf(roomId);
    return this.#options.change(name, { ...fields, roomId, cmid: this.#options.newCmid(), ...(after ? { after } : {}) } as unknown as CommandInput<N>);
  }
}
