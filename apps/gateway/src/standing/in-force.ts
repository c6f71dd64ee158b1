import type { ServerAct, ServerActBody } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';
import { covers, revokedBy, type Revocation } from './revocations.ts';

export type ServerBan = Pick<Extract<ServerActBody, { act: 'user.banned' }>, 'until' | 'reason'> & { since: number; by: UserId | null };

/** What holds on the whole server, folded from its acts. */
export class InForce {
  /** Of the last act folded. */
  serial = 0;
  rulesVersion = 0;
  readonly #bans = new Map<UserId, ServerBan>();
  readonly #admins = new Set<UserId>();
  readonly #revocations = new Map<UserId, readonly Revocation[]>();
  #revocationCount = 0;
  /** Where a sweep goes on. */
  #sweeping: Iterator<UserId> | null = null;

  /** The same act twice changes nothing. An act of a kind that a newer version knows is passed over. */
  apply(act: ServerAct): void {
    this.serial = Math.max(this.serial, act.serial);
    switch (act.act) {
      case 'user.banned':
        this.#bans.set(act.userId, { since: act.at, until: act.until, reason: act.reason, by: act.by });
        break;
      case 'user.unbanned':
        this.#bans.delete(act.userId);
        break;
      case 'user.made_admin':
        this.#admins.add(act.userId);
        break;
      case 'user.unmade_admin':
        this.#admins.delete(act.userId);
        break;
      case 'sessions.revoked':
      case 'session.revoked':
      case 'device.revoked':
        this.#revoke(act.userId, revokedBy(this.#revocations.get(act.userId) ?? [], act));
        break;
      case 'rules.changed':
        this.rulesVersion = act.version;
    }
  }

  /** `null`: not banned, or no longer. */
  banOf(userId: UserId, now: number): ServerBan | null {
    const ban = this.#bans.get(userId);
    return ban && (ban.until === null || ban.until > now) ? ban : null;
  }

  isAdmin(userId: UserId): boolean {
    return this.#admins.has(userId);
  }

  isRevoked(session: Session): boolean {
    return this.#revocations.get(session.user.id)?.some((each) => covers(each, session)) ?? false;
  }

  get admins(): readonly UserId[] {
    return [...this.#admins];
  }

  get bans(): number {
    return this.#bans.size;
  }

  get revocations(): number {
    return this.#revocationCount;
  }

  revocationsOf(userId: UserId): number {
    return this.#revocations.get(userId)?.length ?? 0;
  }

  /** Forgets what is over, of the next so many users: of all of them by and by. */
  sweep(now: number, users: number): void {
    for (let n = 0; n < users; n += 1) {
      this.#sweeping ??= this.#users();
      const { value: userId, done } = this.#sweeping.next();
      if (done) {
        this.#sweeping = null;
        return;
      }
      this.#sweepUser(userId, now);
    }
  }

  *#users(): Generator<UserId, undefined> {
    yield* this.#bans.keys();
    yield* this.#revocations.keys();
    return undefined;
  }

  #sweepUser(userId: UserId, now: number): void {
    if (this.#bans.has(userId) && !this.banOf(userId, now)) this.#bans.delete(userId);
    const revocations = this.#revocations.get(userId);
    if (revocations?.some(({ until }) => until <= now)) this.#revoke(userId, revocations.filter(({ until }) => until > now));
  }

  #revoke(userId: UserId, revocations: readonly Revocation[]): void {
    this.#revocationCount += revocations.length - this.revocationsOf(userId);
    if (revocations.length > 0) this.#revocations.set(userId, revocations);
    else this.#revocations.delete(userId);
  }
}
