import { ProtocolError, type UserId } from '@parley/protocol';

/** When who has too many sockets may try for another, milliseconds. */
const TOO_MANY_RETRY_MS = 10_000;

/** How many sockets each user has here, those that wait to be let in among them. */
export class UserSockets {
  readonly #most: number;
  readonly #counts = new Map<UserId, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws `rate_limited` for one too many. Answers what gives its place back, once. */
  take(userId: UserId): () => void {
    const count = this.#counts.get(userId) ?? 0;
    if (count >= this.#most) throw new ProtocolError('rate_limited', `this user has ${this.#most} connections here`, { retryAfterMs: TOO_MANY_RETRY_MS });
    this.#counts.set(userId, count + 1);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      const left = (this.#counts.get(userId) ?? 1) - 1;
      if (left > 0) this.#counts.set(userId, left);
      else this.#counts.delete(userId);
    };
  }
}
