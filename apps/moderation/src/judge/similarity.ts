import type { EventId, RoomId, UserId } from '@parley/protocol';
import { bandsOf, likeness, signatureOf, type Signature } from './shingles.ts';

/** Times in milliseconds. */
export type SimilarityLimits = {
  /** How far back texts are compared. */
  windowMs: number;
  /** Texts in memory; the oldest is let go. About 1 KiB each. */
  texts: number;
  /** Of a band, the newest are looked at. */
  perBand: number;
  /** From 0 to 1: what counts as nearly the same. */
  alike: number;
};
export const DEFAULT_SIMILARITY_LIMITS: SimilarityLimits = { windowMs: 60_000, texts: 20_000, perBand: 64, alike: 0.75 };

export type Text = { eventId: EventId; userId: UserId; roomId: RoomId; body: string; at: number };
type Kept = Omit<Text, 'body'> & { signature: Signature; bands: string[] };

/** How often a text was said nearly alike within the window, this time included: by how many, in how many rooms. */
export type Copies = { users: number; rooms: number };
export const ONCE: Copies = { users: 1, rooms: 1 };

/** What was said of late, by everybody everywhere as far as this process hears it: the same text by many or in many rooms is a raid. */
export class Similarity {
  readonly #limits: SimilarityLimits;
  /** In the order in which they came. */
  readonly #kept = new Map<EventId, Kept>();
  readonly #bands = new Map<string, Set<Kept>>();

  constructor(limits: Partial<SimilarityLimits> = {}) {
    this.#limits = { ...DEFAULT_SIMILARITY_LIMITS, ...limits };
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Takes a text in, once by its id, and says how often it was said. */
  note({ body, ...text }: Text): Copies {
    this.#forget(text.at - this.#limits.windowMs);
    const signature = signatureOf(body);
    if (!signature) return ONCE;
    const kept: Kept = { ...text, signature, bands: bandsOf(signature) };
    const copies = this.#copiesOf(kept);
    if (!this.#kept.has(text.eventId)) this.#keep(kept);
    return copies;
  }

  #copiesOf(kept: Kept): Copies {
    const users = new Set([kept.userId]);
    const rooms = new Set([kept.roomId]);
    const seen = new Set<Kept>();
    for (const band of kept.bands) {
      for (const other of this.#bands.get(band) ?? []) {
        if (seen.has(other) || Math.abs(kept.at - other.at) > this.#limits.windowMs) continue;
        seen.add(other);
        if (likeness(kept.signature, other.signature) < this.#limits.alike) continue;
        users.add(other.userId);
        rooms.add(other.roomId);
      }
    }
    return { users: users.size, rooms: rooms.size };
  }

  #keep(kept: Kept): void {
    this.#kept.set(kept.eventId, kept);
    for (const band of kept.bands) {
      const texts = this.#bands.get(band) ?? new Set();
      texts.add(kept);
      // The oldest says least; what was said often enough is known to be by then.
      if (texts.size > this.#limits.perBand) texts.delete(texts.values().next().value!);
      this.#bands.set(band, texts);
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
    for (const band of kept.bands) {
      const texts = this.#bands.get(band);
      texts?.delete(kept);
      if (texts?.size === 0) this.#bands.delete(band);
    }
  }
}
