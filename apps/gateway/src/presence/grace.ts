import type { RoomId, UserId } from '@parley/protocol';

export type Leaving = { roomId: RoomId; userId: UserId; lastSeenAt: number };

/** Leaves that are not told yet, oldest first. No more than users went within the grace. */
export class Grace {
  readonly #leaves = new Map<string, Leaving & { since: number }>();

  add(leaving: Leaving, now: number): void {
    this.#leaves.set(`${leaving.roomId} ${leaving.userId}`, { ...leaving, since: now });
  }

  /** The user is back. */
  cancel(roomId: RoomId, userId: UserId): void {
    this.#leaves.delete(`${roomId} ${userId}`);
  }

  /** Those who have been gone for `graceMs`. */
  due(now: number, graceMs: number): Leaving[] {
    const due: Leaving[] = [];
    for (const [key, { since, ...leaving }] of this.#leaves) {
      if (since + graceMs > now) break;
      due.push(leaving);
      this.#leaves.delete(key);
    }
    return due;
  }
}
