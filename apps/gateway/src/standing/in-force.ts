import type { ServerAct, ServerActBody } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';
import { Revocations } from './revocations.ts';

export type ServerBan = Pick<Extract<ServerActBody, { act: 'user.banned' }>, 'until' | 'reason'> & { since: number; by: UserId | null };

/** What holds on the whole server, folded from its acts. */
export class InForce {
  /** Of the last act folded. */
  serial = 0;
  rulesVersion = 0;
  readonly #bans = new Map<UserId, ServerBan>();
  readonly #admins = new Set<UserId>();
  readonly #revocations = new Map<UserId, Revocations>();

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
        this.#of(act.userId).apply(act);
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
    return this.#revocations.get(session.user.id)?.covers(session) ?? false;
  }

  get admins(): readonly UserId[] {
    return [...this.#admins];
  }

  get bans(): number {
    return this.#bans.size;
  }

  get revocations(): number {
    let count = 0;
    for (const each of this.#revocations.values()) count += each.size;
    return count;
  }

  revocationsOf(userId: UserId): number {
    return this.#revocations.get(userId)?.size ?? 0;
  }

  /** Forgets what is over. */
  sweep(now: number): void {
    for (const [userId, { until }] of this.#bans) if (until !== null && until <= now) this.#bans.delete(userId);
    for (const [userId, revocations] of this.#revocations) {
      revocations.sweep(now);
      if (revocations.size === 0) this.#revocations.delete(userId);
    }
  }

  #of(userId: UserId): Revocations {
    let revocations = this.#revocations.get(userId);
    if (!revocations) this.#revocations.set(userId, (revocations = new Revocations()));
    return revocations;
  }
}
