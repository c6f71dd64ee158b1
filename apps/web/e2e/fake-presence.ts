import { LIMITS, type CommandResponse, type PresenceStatus, type PresenceView, type RoomId, type UserId } from '@parley/protocol';
import type { FakeRoom } from './fake-room.ts';

type There = CommandResponse<'presence:watch'>;

/** Who is there, as a test says or as sockets come and go. */
export class FakePresence {
  /** Online users that nobody ever sees the names of. */
  readonly crowd = new Map<RoomId, number>();
  complete = true;
  readonly #views = new Map<UserId, PresenceView>();
  readonly #changed: (userId: UserId) => void;

  constructor(changed: (userId: UserId) => void) {
    this.#changed = changed;
  }

  set(userId: UserId, status: PresenceStatus, lastSeenAt?: number): void {
    this.#views.set(userId, { userId, status, ...(lastSeenAt === undefined ? {} : { lastSeenAt }) });
    this.#changed(userId);
  }

  view(userId: UserId): PresenceView {
    return this.#views.get(userId) ?? { userId, status: 'offline' };
  }

  of(room: FakeRoom, userIds: readonly UserId[]): There {
    const views = [...room.members.keys()].map((id) => this.view(id));
    const count = (status: PresenceStatus): number => views.filter((view) => view.status === status).length;
    const online = count('online') + (this.crowd.get(room.id) ?? 0);
    const away = count('away');
    const there = online + away > LIMITS.presenceRoom ? [] : views.filter(({ status }) => status === 'online' || status === 'away');
    const named = userIds.map((id) => this.view(id));
    return { online, away, complete: this.complete, users: [...new Map([...there, ...named].map((view) => [view.userId, view])).values()] };
  }
}
