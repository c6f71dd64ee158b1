import type { Head, Unwatch } from '@parley/domain';
import type { RoomId } from '@parley/protocol';

/** Who wants to hear of which room's appends, in this process. */
export class Heads {
  readonly #listeners = new Map<RoomId, Set<(head: Head) => void>>();
  #anyListener: (head: Head) => void = () => {};
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  watch(roomId: RoomId, listener: (head: Head) => void): Unwatch {
    const listeners = this.#listeners.get(roomId) ?? new Set();
    this.#listeners.set(roomId, listeners);
    // The same function may watch twice, and each watch ends by itself.
    const own = (head: Head) => listener(head);
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(roomId) === listeners) this.#listeners.delete(roomId);
    };
  }

  /** One listener to all rooms' heads, told last. */
  onAny(listener: (head: Head) => void): void {
    this.#anyListener = listener;
  }

  tell(head: Head): void {
    for (const listener of this.#listeners.get(head.roomId) ?? []) {
      try { listener(head); } catch (error) { this.#onError(error); }
    }
    this.#anyListener(head);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
