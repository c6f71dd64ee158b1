import { LIMITS, type PresenceView, type ServerEvent, type UserId } from '@parley/protocol';

/** How many are there, and some of them: what a watch is answered, and what is told of changes. */
export type PresenceTold = Pick<ServerEvent<'presence:changed'>, 'online' | 'away' | 'complete' | 'users'>;

const isThere = ({ status }: PresenceView): boolean => status === 'online' || status === 'away';

type Fields = Pick<PresenceTold, 'online' | 'away' | 'complete'> & { known: boolean; everybody: boolean; users: ReadonlyMap<UserId, PresenceView> };

/** Who is there in a room, as far as this client knows. Never changes: a change is another one. */
export class PresenceSnapshot {
  /** The counts are 0 and everybody is `unknown`. */
  static readonly UNKNOWN = new PresenceSnapshot({ known: false, online: 0, away: 0, complete: false, everybody: false, users: new Map() });

  readonly #fields: Fields;

  private constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** As a watch was answered. */
  static of({ online, away, complete, users }: PresenceTold): PresenceSnapshot {
    const everybody = online + away <= LIMITS.presenceRoom;
    return new PresenceSnapshot({ known: true, online, away, complete, everybody, users: new Map(users.map((view) => [view.userId, view])) });
  }

  /** Watched, connected and answered. */
  get known(): boolean {
    return this.#fields.known;
  }

  /** Users who are there and active. */
  get online(): number {
    return this.#fields.online;
  }

  /** Users who are there, with nobody at any of their devices. */
  get away(): number {
    return this.#fields.away;
  }

  /** False: the server can vouch for a part of them only. */
  get complete(): boolean {
    return this.#fields.complete;
  }

  /** Everybody who is there is known, not only those of the window. */
  get everybody(): boolean {
    return this.#fields.everybody;
  }

  /** Those known to be there, in no order. */
  get there(): PresenceView[] {
    return [...this.#fields.users.values()].filter(isThere);
  }

  /** Of somebody the server could not tell when it was asked. */
  get hasUnknown(): boolean {
    for (const { status } of this.#fields.users.values()) if (status === 'unknown') return true;
    return false;
  }

  of(userId: UserId): PresenceView {
    const { everybody, complete, users } = this.#fields;
    return users.get(userId) ?? { userId, status: everybody && complete ? 'offline' : 'unknown' };
  }

  /** After a change was told to one who watches this window. */
  changed({ online, away, complete, users: told }: PresenceTold, window: readonly UserId[]): PresenceSnapshot {
    const everybody = this.#fields.everybody && online + away <= LIMITS.presenceRoom;
    const named = new Set(window);
    const users = new Map(this.#fields.users);
    for (const view of told) users.set(view.userId, view);
    // Of those outside the window only who is there is kept, and in a room too big nobody: it bounds what is held.
    for (const view of users.values()) if (!named.has(view.userId) && !(everybody && isThere(view))) users.delete(view.userId);
    return new PresenceSnapshot({ known: true, online, away, complete, everybody, users });
  }
}
