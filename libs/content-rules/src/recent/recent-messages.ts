import type { UserId } from '@parley/protocol';
import { LRUCache } from 'lru-cache';
import type { Sketch } from './sketch.ts';

/** Users remembered, and messages of them all; of those who have been silent the longest it is forgotten what they said. */
const USERS = 50_000;
const MESSAGES = 200_000;
/** Messages remembered of one user: one more than a rule may allow. */
const PER_USER = 1_001;
/** Of these, how many are remembered by what they said. */
const SKETCHES_PER_USER = 101;

export type Recent = { cmid: string; at: number; sketch: Sketch | null };

export type RecentBounds = { users: number; messages: number };

/**
 * When each user said something, and what it was like, as far back as rules look. Bounded: see {@link USERS} and {@link MESSAGES};
 * about 30 MB where no rule is about duplicates, 130 MB where one is and all are long.
 */
export class RecentMessages {
  readonly #users: LRUCache<UserId, Recent[]>;

  constructor({ users = USERS, messages = MESSAGES }: Partial<RecentBounds> = {}) {
    this.#users = new LRUCache({ max: users, maxSize: messages, maxEntrySize: PER_USER });
  }

  /** Users remembered at present. */
  get size(): number {
    return this.#users.size;
  }

  /**
   * What the user said up to this message, which is the last; no longer ago than `horizonMs`. A message that comes again, by its cmid, is
   * the one it was: it does not count twice, and what was said after it does not count against it.
   */
  note(userId: UserId, cmid: string, at: number, horizonMs: number, sketchOf: (() => Sketch) | null): readonly Recent[] {
    const known = this.#users.get(userId)?.filter((message) => message.at > at - horizonMs) ?? [];
    const again = known.findIndex((message) => message.cmid === cmid);
    if (again >= 0) return known.slice(0, again + 1);
    known.push({ cmid, at, sketch: sketchOf?.() ?? null });
    const forgotten = known[known.length - 1 - SKETCHES_PER_USER];
    if (forgotten) forgotten.sketch = null;
    const messages = known.slice(-PER_USER);
    this.#users.set(userId, messages, { size: messages.length });
    return messages;
  }
}
