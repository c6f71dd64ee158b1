import type { RoomEvent, RoomId } from '@parley/protocol';
import type { Unwatch } from '@parley/domain';
import { redactTakenBack } from './redact.ts';
import { RoomFeed, type FeedParts } from './room-feed.ts';

type Entry = { opening: Promise<RoomFeed>; feed: RoomFeed | null; holds: number; closing: NodeJS.Timeout | null };

/** A feed that stays open until `release`. */
export type Hold = { feed: RoomFeed; release: () => void };

/** How often feeds are judged. */
const JUDGE_EVERY_MS = 250;

/** The feeds of the rooms that sockets here listen to, and no others: each opened at the first hold, closed a while after the last. */
export class Feeds {
  readonly #parts: FeedParts;
  readonly #rooms = new Map<RoomId, Entry>();
  readonly #listened = new Map<RoomId, Entry>();
  readonly #timer: NodeJS.Timeout;
  readonly #unwatch: Unwatch;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#judge(), JUDGE_EVERY_MS);
    // Also when they are live again: they were not in between.
    this.#unwatch = parts.log.onHeadsLive(() => {
      for (const { feed } of this.#rooms.values()) feed?.missHeads();
    });
  }

  get size(): number {
    return this.#rooms.size;
  }

  get(roomId: RoomId): RoomFeed | undefined {
    return this.#rooms.get(roomId)?.feed ?? undefined;
  }

  /** Throws what opening a feed throws. */
  async hold(roomId: RoomId): Promise<Hold> {
    let entry = this.#rooms.get(roomId);
    if (!entry) {
      entry = { opening: RoomFeed.open(roomId, this.#parts), feed: null, holds: 0, closing: null };
      this.#rooms.set(roomId, entry);
    }
    if (entry.closing) clearTimeout(entry.closing);
    entry.closing = null;
    entry.holds += 1;
    try {
      entry.feed = await entry.opening;
    } catch (error) {
      if (this.#rooms.get(roomId) === entry) this.#rooms.delete(roomId);
      throw error;
    }
    let held = true;
    return {
      feed: entry.feed,
      release: () => {
        if (held) this.#release(roomId, entry);
        held = false;
      },
    };
  }

  /** A room has listeners from now on: until {@link unlisten} it is held. Only while someone else holds it. */
  listen(roomId: RoomId): void {
    const entry = this.#rooms.get(roomId);
    if (!entry || this.#listened.has(roomId)) return;
    entry.holds += 1;
    this.#listened.set(roomId, entry);
  }

  /** Its last listener has gone. */
  unlisten(roomId: RoomId): void {
    const entry = this.#listened.get(roomId);
    this.#listened.delete(roomId);
    if (entry) this.#release(roomId, entry);
  }

  /** The feeds of the rooms that have listeners here. */
  *listened(): Generator<RoomFeed> {
    for (const { feed } of this.#listened.values()) if (feed) yield feed;
  }

  observe(roomId: RoomId, epoch: number, events: readonly RoomEvent[]): void {
    this.get(roomId)?.observe(epoch, redactTakenBack(events));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unwatch();
    for (const { feed, closing } of this.#rooms.values()) {
      if (closing) clearTimeout(closing);
      feed?.close();
    }
    this.#rooms.clear();
  }

  #release(roomId: RoomId, entry: Entry): void {
    entry.holds -= 1;
    if (entry.holds > 0 || this.#rooms.get(roomId) !== entry) return;
    entry.closing = setTimeout(() => {
      this.#rooms.delete(roomId);
      entry.feed?.close();
    }, this.#parts.limits.lingerMs);
  }

  #judge(): void {
    const now = performance.now();
    for (const { feed } of this.#rooms.values()) feed?.judge(now);
  }
}
