import type { EventId, RoomId, UserId } from '@parley/protocol';
import { fold, similarity, sketch, type Sketch } from '@parley/content-rules';

/** Times in milliseconds. */
export type SimilarityLimits = {
  /** How far back texts are compared. */
  windowMs: number;
  /** Texts in memory; the oldest is let go. About 1 KiB each, as much as is kept of a long one. */
  texts: number;
  /** Of those with a shingle in common, so many of the newest are looked at. */
  perShingle: number;
  /** From 0 to 1: what counts as nearly the same. */
  alike: number;
};
export const DEFAULT_SIMILARITY_LIMITS: SimilarityLimits = { windowMs: 60_000, texts: 20_000, perShingle: 64, alike: 0.75 };

export type Text = { eventId: EventId; userId: UserId; roomId: RoomId; body: string; at: number };
type Kept = Omit<Text, 'body'> & { sketch: Sketch };

/** Shorter ones say little about who copied whom: “thanks a lot”. */
const LEAST_SHINGLES = 4;
/** The smallest shingles by which texts are found: of two that are alike by three quarters, all but 4 in 1,000 share one. */
const KEYS = 4;
const keysOf = (text: Sketch): Sketch => text.subarray(0, KEYS);

/** How often a text was said nearly alike within the window, this time included: by how many, in how many rooms. */
export type Copies = { users: number; rooms: number };
export const ONCE: Copies = { users: 1, rooms: 1 };

/** What was said of late, by everybody everywhere as far as this process hears it: the same text by many or in many rooms is a raid. */
export class Similarity {
  readonly #limits: SimilarityLimits;
  /** In the order in which they came. */
  readonly #kept = new Map<EventId, Kept>();
  readonly #byShingle = new Map<number, Set<Kept>>();

  constructor(limits: Partial<SimilarityLimits> = {}) {
    this.#limits = { ...DEFAULT_SIMILARITY_LIMITS, ...limits };
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Takes a text in, once by its id, and says how often it was said. */
  note({ body, ...text }: Text): Copies {
    this.#forget(text.at - this.#limits.windowMs);
    const kept: Kept = { ...text, sketch: sketch(fold(body)) };
    if (kept.sketch.length < LEAST_SHINGLES) return ONCE;
    const copies = this.#copiesOf(kept);
    if (!this.#kept.has(text.eventId)) this.#keep(kept);
    return copies;
  }

  #copiesOf(kept: Kept): Copies {
    const users = new Set([kept.userId]);
    const rooms = new Set([kept.roomId]);
    const seen = new Set<Kept>();
    for (const key of keysOf(kept.sketch)) {
      for (const other of this.#byShingle.get(key) ?? []) {
        if (seen.has(other) || Math.abs(kept.at - other.at) > this.#limits.windowMs) continue;
        seen.add(other);
        if (similarity(kept.sketch, other.sketch) < this.#limits.alike) continue;
        users.add(other.userId);
        rooms.add(other.roomId);
      }
    }
    return { users: users.size, rooms: rooms.size };
  }

  #keep(kept: Kept): void {
    this.#kept.set(kept.eventId, kept);
    for (const key of keysOf(kept.sketch)) {
      const texts = this.#byShingle.get(key) ?? new Set();
      texts.add(kept);
      // What was said so often is known to be by then.
      if (texts.size > this.#limits.perShingle) texts.delete(texts.values().next().value!);
      this.#byShingle.set(key, texts);
    }
    if (this.#kept.size > this.#limits.texts) this.#drop(this.#kept.values().next().value!);
  }

  #forget(before: number): void {
    for (const kept of this.#kept.values()) {
      if (kept.at >= before) return;
      this.#drop(kept);
    }
  }

  #drop(kept: Kept): void {
    this.#kept.delete(kept.eventId);
    for (const key of keysOf(kept.sketch)) {
      const texts = this.#byShingle.get(key);
      texts?.delete(kept);
      if (texts?.size === 0) this.#byShingle.delete(key);
    }
  }
}
