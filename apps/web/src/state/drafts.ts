import type { RoomId, UserId } from '@parley/protocol';

/** What was typed and not sent, per room; survives a reload. */
export class Drafts {
  readonly #prefix: string;

  constructor(userId: UserId) {
    this.#prefix = `parley.draft.${userId}.`;
  }

  get(roomId: RoomId): string {
    return localStorage.getItem(this.#prefix + roomId) ?? '';
  }

  set(roomId: RoomId, text: string): void {
    if (text === '') localStorage.removeItem(this.#prefix + roomId);
    else localStorage.setItem(this.#prefix + roomId, text);
  }

  forget(): void {
    for (const key of Object.keys(localStorage)) if (key.startsWith(this.#prefix)) localStorage.removeItem(key);
  }
}
