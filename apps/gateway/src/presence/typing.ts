import type { Actor } from '@parley/domain';
import { LIMITS, type RoomId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';
import type { Io } from '../socket/io.ts';

export type TypingParts = {
  io: Io;
  mayTell: (roomId: RoomId) => boolean;
  /** Users there, as far as is known. */
  sizeOf: (roomId: RoomId) => number;
  /** Above so many nobody is told. */
  room: number;
};

/** That a user types is told no more often, also of one who stops and starts again all the time. */
const REPEAT_MS = 2_000;
/** Users who type, over all rooms; one forgotten is told of once more often. */
const MAX_TYPING = 10_000;

/** Who types: told to whoever listens now, at every gateway, and kept nowhere. */
export class Typing {
  readonly #parts: TypingParts;
  readonly #told = new LRUCache<string, { at: number; typing: boolean }>({ max: MAX_TYPING, ttl: LIMITS.typingMs });

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  set(user: Actor, roomId: RoomId, typing: boolean): void {
    if (!this.#isNews(`${roomId} ${user.id}`, typing) || !this.mayHear(roomId)) return;
    // A user's sockets are all in the room of the user's id.
    this.#parts.io.to(roomId).except(user.id).volatile.emit('typing:changed', { roomId, userId: user.id, name: user.name, typing });
  }

  /** Whether sockets here are to hear who types in the room. */
  mayHear(roomId: RoomId): boolean {
    return this.#parts.mayTell(roomId) && this.#parts.sizeOf(roomId) <= this.#parts.room;
  }

  #isNews(key: string, typing: boolean): boolean {
    const told = this.#told.get(key);
    const now = performance.now();
    if (typing ? told && now - told.at < REPEAT_MS : !told?.typing) return false;
    this.#told.set(key, { at: typing || !told ? now : told.at, typing });
    return true;
  }
}
