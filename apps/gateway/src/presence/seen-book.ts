import type { Seen, Store } from '@parley/domain';
import type { RoomId, UserId } from '@parley/protocol';

export type SeenBookOptions = { store: Store; everyMs: number; maxWaiting: number; withinMs: number };

/** Users in one write. */
const BATCH = 1_000;

/** When users were last seen: kept in the store, and here until it has taken it in. */
export class SeenBook {
  readonly #store: Store;
  readonly #maxWaiting: number;
  readonly #withinMs: number;
  readonly #waiting = new Map<UserId, number>();
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | null = null;

  constructor({ store, everyMs, maxWaiting, withinMs }: SeenBookOptions) {
    this.#store = store;
    this.#maxWaiting = maxWaiting;
    this.#withinMs = withinMs;
    this.#timer = setInterval(() => void this.flush(), everyMs);
  }

  note({ userId, at }: Seen): void {
    const known = this.#waiting.get(userId) ?? 0;
    this.#waiting.delete(userId);
    this.#waiting.set(userId, Math.max(at, known));
    if (this.#waiting.size > this.#maxWaiting) this.#waiting.delete(this.#waiting.keys().next().value!);
  }

  /** Of those who are members of the room: of anybody else it would tell a stranger what they do. Whatever cannot be known in time is left out. */
  async lookUp(roomId: RoomId, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    if (userIds.length === 0) return new Map();
    return this.#inTime(this.#ask(roomId, userIds), new Map());
  }

  /** Writes what waits, as far as the store takes it. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => { this.#writing = null; });
    return this.#writing;
  }

  /** Writes what waits, if that is soon done. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#inTime(this.flush(), undefined);
  }

  async #inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T>((resolve) => { timer = setTimeout(resolve, this.#withinMs, otherwise); });
    try {
      return await Promise.race([late, answer.catch(() => otherwise)]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, BATCH);
      try {
        await this.#store.noteSeen(batch.map(([userId, at]) => ({ userId, at })));
      } catch {
        // It waits, and is written later.
        return;
      }
      for (const [userId, at] of batch) if (this.#waiting.get(userId) === at) this.#waiting.delete(userId);
    }
  }

  async #ask(roomId: RoomId, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
    const { members } = await this.#store.findTargets(roomId, { members: [...userIds], messages: [] });
    const known = userIds.filter((userId) => members.get(userId)?.role);
    const seen = new Map(await this.#store.lastSeen(known));
    for (const userId of known) {
      const at = this.#waiting.get(userId);
      if (at !== undefined && at > (seen.get(userId) ?? 0)) seen.set(userId, at);
    }
    return seen;
  }
}
