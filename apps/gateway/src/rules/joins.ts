import type { RoomEvent, RoomId, UserId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';

/** Joins remembered, the newest. */
const JOINS = 50_000;

/** When users joined rooms, as far as this gateway has seen it happen and remembers: whom it does not know of has been there for long. */
export class Joins {
  readonly #at = new LRUCache<string, number>({ max: JOINS });

  note(events: readonly RoomEvent[]): void {
    for (const event of events) if (event.type === 'member.joined') this.#at.set(`${event.roomId}/${event.data.userId}`, event.at);
  }

  /** Milliseconds since 1970. */
  since(roomId: RoomId, userId: UserId): number | null {
    return this.#at.get(`${roomId}/${userId}`) ?? null;
  }
}
