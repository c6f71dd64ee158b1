import { inForce, standingChange, type RoomSanctions } from '@parley/domain';
import type { RoomEvent, RoomId, SanctionView, UserId } from '@parley/protocol';

const byUser = (a: SanctionView, b: SanctionView): number => (a.userId === b.userId ? (a.kind < b.kind ? -1 : 1) : a.userId < b.userId ? -1 : 1);

/** What the rooms in memory say. */
export class MemoryRoomSanctions implements RoomSanctions {
  readonly #rooms: () => Iterable<readonly RoomEvent[]>;

  constructor(rooms: () => Iterable<readonly RoomEvent[]>) {
    this.#rooms = rooms;
  }

  async roomSanctions(roomId: RoomId, after: UserId | undefined, limit: number): ReturnType<RoomSanctions['roomSanctions']> {
    const all = this.#inForce().filter((sanction) => sanction.roomId === roomId && sanction.userId > (after ?? '')).sort(byUser);
    const users = [...new Set(all.map(({ userId }) => userId))];
    const last = users.slice(0, limit).at(-1);
    return { sanctions: all.filter(({ userId }) => last !== undefined && userId <= last), next: users.length > limit ? last ?? null : null };
  }

  async sanctionsAgainst(userId: UserId): Promise<SanctionView[]> {
    return this.#inForce().filter((sanction) => sanction.userId === userId).sort((a, b) => b.since - a.since);
  }

  #inForce(): SanctionView[] {
    const found = new Map<string, SanctionView>();
    for (const events of this.#rooms()) {
      for (const event of events) {
        const changed = standingChange(event);
        if (!changed) continue;
        const { userId, change } = changed;
        for (const kind of ['mute', 'ban'] as const) {
          const key = `${event.roomId} ${userId} ${kind}`;
          const sanction = change[kind];
          if (sanction) found.set(key, { kind, userId, roomId: event.roomId, ...sanction, since: event.at, by: event.by });
          else if (sanction === null) found.delete(key);
        }
      }
    }
    return [...found.values()].filter((sanction) => inForce(sanction, Date.now()));
  }
}
