import type { RoomId, UserId } from '@parley/protocol';

/** How far this browser has read each room. Monotone; the server keeps no such thing yet. */
export class ReadMarks {
  readonly #key: string;
  readonly #marks: Map<string, number>;

  constructor(userId: UserId) {
    this.#key = `parley.read.${userId}`;
    this.#marks = new Map(Object.entries(readJson(this.#key)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  }

  get(roomId: RoomId): number | undefined {
    return this.#marks.get(roomId);
  }

  /** True if it moved. */
  advance(roomId: RoomId, seq: number): boolean {
    if (seq <= (this.#marks.get(roomId) ?? -1)) return false;
    this.#marks.set(roomId, seq);
    localStorage.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#marks)));
    return true;
  }

  forget(): void {
    localStorage.removeItem(this.#key);
  }
}

const readJson = (key: string): object => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};
