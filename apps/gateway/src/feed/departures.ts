import type { UserId } from '@parley/protocol';

/** Who left a room lately, and who listens by a membership that is certain beyond what has passed here. */
export class Departures {
  readonly #maxUsers: number;
  /** Where they left: a join that was decided before must not listen after. */
  readonly #left = new Map<UserId, number>();
  /** Where they were members for certain: a leave from before that is not the end of it. Only what has not passed yet. */
  readonly #admitted = new Map<UserId, number>();

  constructor(maxUsers: number) {
    this.#maxUsers = maxUsers;
  }

  /** Whether a membership that was certain at `seq` has since ended. */
  leftSince(userId: UserId, seq: number): boolean {
    return (this.#left.get(userId) ?? 0) > seq;
  }

  /** A member at `seq` listens from now on. To be told only of what is beyond the last `passed`. */
  admit(userId: UserId, seq: number): void {
    this.#admitted.set(userId, Math.max(seq, this.#admitted.get(userId) ?? 0));
  }

  /** True if this ends the user's listening. */
  leave(userId: UserId, seq: number): boolean {
    this.#left.delete(userId);
    this.#left.set(userId, seq);
    if (this.#left.size > this.#maxUsers) this.#left.delete(this.#left.keys().next().value!);
    return (this.#admitted.get(userId) ?? 0) <= seq;
  }

  /** Everything up to `seq` has passed. */
  passed(seq: number): void {
    for (const [userId, at] of this.#admitted) if (at <= seq) this.#admitted.delete(userId);
  }
}
