import { ProtocolError, type SanctionView, type UserId } from '@parley/protocol';
import { StoreUnavailable, type Actor, type ModerationStore, type NewServerAct, type ServerAct } from '@parley/domain';
import type { Session } from '../sessions/session.ts';
import { ActsFollower, type Changed } from './acts-follower.ts';
import type { InForce } from './in-force.ts';
import { DEFAULT_FOLLOW_TIMES, LONGEST_SESSION_MS, STANDING_LIMITS, UNTIL_SLACK_MS, type FollowTimes, type StandingLimits } from './limits.ts';

export type StandingOptions = {
  moderation: ModerationStore;
  times?: Partial<FollowTimes> | undefined;
  /** How long a token of this server is good for. */
  sessionMs: number;
  limits?: Partial<StandingLimits> | undefined;
  onDefect: (error: unknown) => void;
};

/** How each user and session stands with the whole server, from memory: as of the last act this gateway has heard of. */
export class Standing {
  readonly #moderation: ModerationStore;
  readonly #follower: ActsFollower;
  readonly #sessionMs: number;
  readonly #limits: StandingLimits;
  readonly #listeners = new Set<(changed: Changed) => void>();

  constructor({ moderation, times, sessionMs, limits, onDefect }: StandingOptions) {
    this.#limits = { ...STANDING_LIMITS, ...limits };
    this.#moderation = moderation;
    this.#sessionMs = sessionMs;
    this.#follower = new ActsFollower({
      acts: moderation, times: { ...DEFAULT_FOLLOW_TIMES, ...times }, onDefect,
      onChange: (changed) => { for (const listener of this.#listeners) listener(changed); },
    });
  }

  /** Whether all was read once: before, nobody can be let in. */
  get known(): boolean {
    return this.#follower.inForce !== null;
  }

  /** Of the rules in force. 0: there are none, or it is not known yet. */
  get rulesVersion(): number {
    return this.#follower.inForce?.rulesVersion ?? 0;
  }

  /** Bans and revocations in memory. */
  get size(): { bans: number; revocations: number } {
    const { bans = 0, revocations = 0 } = this.#follower.inForce ?? {};
    return { bans, revocations };
  }

  /** Told after each change, of users or of the rules. */
  onChange(listener: (changed: Changed) => void): void {
    this.#listeners.add(listener);
  }

  get admins(): readonly UserId[] {
    return this.#follower.inForce?.admins ?? [];
  }

  isAdmin(userId: UserId): boolean {
    return this.#follower.inForce?.isAdmin(userId) ?? false;
  }

  /** The user of a session, as commands are given by. */
  actorOf({ user }: Session): Actor {
    return this.isAdmin(user.id) ? { ...user, admin: true } : user;
  }

  /** The ban of the whole server that is in force against a user. */
  banOf(userId: UserId): SanctionView | null {
    const ban = this.#follower.inForce?.banOf(userId, Date.now());
    return ban ? { kind: 'ban', userId, roomId: null, reason: ban.reason, since: ban.since, until: ban.until, by: ban.by } : null;
  }

  /** Why a session may not go on; `null`: it may. */
  refusalOf(session: Session): ProtocolError | null {
    if (!this.#follower.inForce) return new ProtocolError('unavailable', 'this gateway has not heard yet who is banned');
    const ban = this.banOf(session.user.id);
    if (ban) return new ProtocolError('banned', undefined, { sanction: { kind: 'ban', reason: ban.reason, until: ban.until } });
    return this.#follower.inForce.isRevoked(session) ? new ProtocolError('session_revoked') : null;
  }

  /** Throws why a session may not go on. */
  require(session: Session): void {
    const refusal = this.refusalOf(session);
    if (refusal) throw refusal;
  }

  /** Resolves once all is known that was done before. Throws `StoreUnavailable`. */
  catchUp(): Promise<void> {
    return this.#follower.catchUp();
  }

  /** Stores an act, and knows of it. Throws `StoreUnavailable`. */
  async act(act: NewServerAct): Promise<ServerAct> {
    const stored = await this.#moderation.act(act);
    // It is stored: that it will be heard of a moment later is no failure.
    await this.#follower.catchUp().catch((error: unknown) => { if (!(error instanceof StoreUnavailable)) throw error; });
    return stored;
  }

  /** Throws `limit_reached` where one more ban would be too many to keep in mind. */
  requireRoomForBan(): void {
    if (this.#inForce().bans >= this.#limits.bans) throw new ProtocolError('limit_reached', `more than ${this.#limits.bans} users would be banned`);
  }

  /** Throws `limit_reached` where one more revocation of the user's own is too many. */
  requireRoomForOwnRevocation(userId: UserId): void {
    const inForce = this.#inForce();
    if (inForce.revocationsOf(userId) >= this.#limits.ownRevocations) throw new ProtocolError('limit_reached', 'too many sessions were ended one by one: end all');
    if (inForce.revocations >= this.#limits.revocations) throw new ProtocolError('limit_reached', 'too many sessions were ended on this server');
  }

  /** From when on no token is good any more of the sessions that are revoked now; `own`: the one that asks, where they are of its user. */
  outlivedAt(own: Session | null): number {
    const now = Date.now();
    return own && own.issuer === null ? Math.max(own.expiresAt, now + this.#sessionMs) + UNTIL_SLACK_MS : now + LONGEST_SESSION_MS;
  }

  close(): void {
    this.#follower.close();
  }

  #inForce(): InForce {
    if (!this.#follower.inForce) throw new ProtocolError('unavailable');
    return this.#follower.inForce;
  }
}
