import type { Seen } from '@parley/domain';
import type { RoomId, UserId } from '@parley/protocol';
import type { Redis } from 'ioredis';
import type { PresenceKeys } from './keys.ts';

export type ReaperOptions = { redis: Redis; keys: PresenceKeys; claimMs: number; leaseMs: number; me: () => string; onSeen: (seen: readonly Seen[]) => void };

/** Rooms cleared up at once. */
const ROOMS_AT_ONCE = 50;

/** Clears up after processes that ended without doing so. Nobody waits for it: the records of the dead count no more as it is. */
export class Reaper {
  readonly #options: ReaperOptions;
  #busy = false;

  constructor(options: ReaperOptions) {
    this.#options = options;
  }

  /** Names and ends of lease in turn. Whatever it cannot finish, it or another process goes on with later. */
  async reap(dead: readonly string[]): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let n = 0; n < dead.length; n += 2) await this.#clear(dead[n]!, Number(dead[n + 1]));
    } catch {
      // Redis is away or slow.
    } finally {
      this.#busy = false;
    }
  }

  async #clear(node: string, endedAt: number): Promise<void> {
    const { redis, keys, claimMs, leaseMs, me, onSeen } = this.#options;
    if ((await redis.set(keys.claim(node), me(), 'PX', claimMs, 'NX')) === null) return;
    const rooms = keys.roomsOf(node);
    for (let next: RoomId[]; (next = (await redis.srandmember(rooms, ROOMS_AT_ONCE)) as RoomId[]).length > 0;) {
      const users = await Promise.all(next.map((roomId) => redis.hkeys(keys.records(roomId, node))));
      const at = endedAt - leaseMs;
      onSeen([...new Set(users.flat())].map((userId) => ({ userId: userId as UserId, at })));
      await Promise.all(next.flatMap((roomId) => [redis.hdel(keys.versions(roomId), node), redis.unlink(keys.records(roomId, node))]));
      await redis.srem(rooms, ...next);
    }
    await redis.zrem(keys.live, node);
    await redis.del(keys.claim(node));
  }
}
