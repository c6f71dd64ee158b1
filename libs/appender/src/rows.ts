import type { MessageTarget, TargetKeys, Targets } from '@parley/domain';
import type { EventId, Role, RoomEvent, UserId } from '@parley/protocol';

type Row<V> = { value: V; /** `seq` of the event that set it; 0 if it was looked up. */ seq: number };

/**
 * Members and messages as far as they are known: what the folded events say, over rows looked up in the store.
 *
 * A row looked up is as of some watermark W ≥ `winStart`, perhaps one beyond the state. Since the events above
 * `winStart` are folded over it, it is right at every `seq` ≥ W, which is where a compare-and-set append succeeds.
 * So a row set by an event above `winStart` is never replaced by a looked-up one and never forgotten.
 */
export class Rows {
  readonly #under: Rows | null;
  readonly #members = new Map<UserId, Row<Role | null>>();
  readonly #messages = new Map<EventId, Row<MessageTarget | null>>();
  /** Rows that were left by the last `prune`, and for which `winStart`. */
  #prunedAt = { winStart: 0, size: 0 };
  /** How often something was taken in from the store. */
  learned = 0;

  /** With `under`: a draft over it, which leaves it as it is. */
  constructor(under: Rows | null = null) {
    this.#under = under;
  }

  get size(): number {
    return this.#members.size + this.#messages.size;
  }

  /** `undefined`: not known. `null`: known not to be one. */
  member(userId: UserId): Role | null | undefined {
    const row = this.#members.get(userId);
    return row ? row.value : this.#under?.member(userId);
  }

  /** `undefined`: not known. `null`: no such message, or a deleted one whose author is not known. */
  message(id: EventId): MessageTarget | null | undefined {
    const row = this.#messages.get(id);
    return row ? row.value : this.#under?.message(id);
  }

  /** Those of `keys` that are not known. */
  unknown(keys: TargetKeys): TargetKeys {
    return {
      members: keys.members.filter((userId) => this.member(userId) === undefined),
      messages: keys.messages.filter((id) => this.message(id) === undefined),
    };
  }

  /** All of `keys`, which must be known. */
  targets(keys: TargetKeys): Targets {
    return {
      members: new Map(keys.members.map((userId) => [userId, this.member(userId) ?? null])),
      messages: new Map(keys.messages.map((id) => [id, this.message(id) ?? null])),
    };
  }

  fold(event: RoomEvent): void {
    const { seq } = event;
    switch (event.type) {
      case 'member.joined':
      case 'member.role_changed':
        this.#members.set(event.data.userId, { value: event.data.role, seq });
        return;
      case 'member.left':
        this.#members.set(event.data.userId, { value: null, seq });
        return;
      case 'message.created':
        if (event.by) this.#messages.set(event.id, { value: { by: event.by, deleted: false }, seq });
        return;
      case 'message.deleted': {
        const known = this.message(event.data.messageId);
        this.#messages.set(event.data.messageId, { value: known ? { ...known, deleted: true } : null, seq });
        return;
      }
      default:
    }
  }

  /** Takes in what the store said of `keys`, where no event has said more. */
  learn(keys: TargetKeys, found: Targets): void {
    this.learned += 1;
    for (const userId of keys.members) {
      if (!this.#members.has(userId)) this.#members.set(userId, { value: found.members.get(userId) ?? null, seq: 0 });
    }
    for (const id of keys.messages) {
      if (!this.#messages.has(id)) this.#messages.set(id, { value: found.messages.get(id) ?? null, seq: 0 });
    }
  }

  /** Forgets rows that can be looked up again, oldest first, down to about half, once there are more than `bound`. */
  prune(winStart: number, bound: number): void {
    if (this.#prunedAt.winStart !== winStart) this.#prunedAt = { winStart, size: 0 };
    // Rows that have to stay are not walked over again before there are many new ones.
    if (this.size <= Math.max(bound, this.#prunedAt.size + bound / 2)) return;
    for (const rows of [this.#members, this.#messages] as Map<string, Row<unknown>>[]) {
      let spare = rows.size - bound / 2;
      for (const [key, row] of rows) {
        if (spare <= 0) break;
        if (row.seq <= winStart) rows.delete(key);
        spare -= 1;
      }
    }
    this.#prunedAt.size = this.size;
  }
}
