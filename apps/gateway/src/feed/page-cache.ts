import { LRUCache } from 'lru-cache';
import type { RoomEvent, RoomId } from '@parley/protocol';
import { weigh } from './tail.ts';

/** A read begins at a multiple of this, so that many who are behind by different amounts share it. */
const ALIGN = 100;
/** How far back a page may begin that holds an event: a read brings up to 500. */
const REACH = 400;

export type PageRead = (after: number) => Promise<RoomEvent[]>;

/**
 * Pages of old events that were just read. What is in a log does not change, so they are never wrong, only short.
 * In a storm of reconnects, hundreds of syncs become one read.
 */
export class PageCache {
  readonly #pages: LRUCache<string, RoomEvent[]>;
  readonly #reading = new Map<string, Promise<RoomEvent[]>>();

  constructor(options: { maxBytes: number; ttlMs: number }) {
    this.#pages = new LRUCache({ maxSize: options.maxBytes, ttl: options.ttlMs, sizeCalculation: (events) => 64 + events.reduce((sum, event) => sum + weigh(event), 0) });
  }

  /** Some of the events after `after`, without a gap. */
  async events(roomId: RoomId, epoch: number, after: number, read: PageRead): Promise<RoomEvent[]> {
    // From page to page: where events are large a page is short, and one that began at `after` itself would be of use to nobody else, not even to who asks on.
    for (let from = this.#kept(roomId, epoch, after); from < after;) {
      const page = await this.#page(roomId, epoch, from, read).catch(() => []);
      const last = page.at(-1)?.seq;
      if (last === undefined) break;
      if (last > after) return page.filter((event) => event.seq > after);
      from = last;
    }
    return this.#page(roomId, epoch, after, read);
  }

  /** Where to begin reading: at a page that is kept and holds what comes after `after`, else at the last multiple. */
  #kept(roomId: RoomId, epoch: number, after: number): number {
    const aligned = after - (after % ALIGN);
    for (let from = aligned; from >= Math.max(0, aligned - REACH); from -= ALIGN) {
      const last = this.#pages.get(`${roomId}/${epoch}/${from}`)?.at(-1);
      if (last && last.seq > after) return from;
    }
    return aligned;
  }

  async #page(roomId: RoomId, epoch: number, after: number, read: PageRead): Promise<RoomEvent[]> {
    const key = `${roomId}/${epoch}/${after}`;
    const kept = this.#pages.get(key);
    if (kept) return kept;
    const underWay = this.#reading.get(key);
    if (underWay) return underWay;
    const reading = read(after);
    this.#reading.set(key, reading);
    try {
      const events = await reading;
      if (events.length > 0) this.#pages.set(key, events);
      return events;
    } finally {
      this.#reading.delete(key);
    }
  }
}
