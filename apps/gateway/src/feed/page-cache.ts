import { LRUCache } from 'lru-cache';
import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import { redacted } from './redact.ts';
import { weigh } from './tail.ts';

/** A read begins at a multiple of this, so that many who are behind by different amounts share it. */
const ALIGN = 100;
/** How far back a page may begin that holds an event: a read brings up to 500. */
const REACH = 400;

export type PageRead = (after: number) => Promise<RoomEvent[]>;

/** `gone`: messages that were taken back while it was being read. */
type Reading = { events: Promise<RoomEvent[]>; gone: Set<EventId>; isStale: boolean };

/**
 * Pages of old events that were just read. What is in a log does not change, so they are never wrong, only short; the bodies
 * of messages that are taken back are taken out of them. In a storm of reconnects, hundreds of syncs become one read.
 */
export class PageCache {
  readonly #pages: LRUCache<string, RoomEvent[]>;
  readonly #reading = new Map<string, Reading>();
  /** What is kept and being read of each room. */
  readonly #keys = new Map<RoomId, Set<string>>();

  constructor(options: { maxBytes: number; ttlMs: number }) {
    this.#pages = new LRUCache({
      maxSize: options.maxBytes, ttl: options.ttlMs, sizeCalculation: (events) => 64 + events.reduce((sum, event) => sum + weigh(event), 0),
      dispose: (_, key, reason) => { if (reason !== 'set') this.#unlist(key); },
    });
  }

  /** A message was deleted or hidden. */
  redact(roomId: RoomId, messageId: EventId): void {
    const gone = new Set([messageId]);
    for (const key of this.#keys.get(roomId) ?? []) {
      this.#reading.get(key)?.gone.add(messageId);
      const page = this.#pages.peek(key);
      if (page) for (const [n, event] of page.entries()) page[n] = redacted(event, gone);
    }
  }

  /** Nothing that was read of the room up to now is given out again. */
  forget(roomId: RoomId): void {
    for (const key of this.#keys.get(roomId) ?? []) {
      const reading = this.#reading.get(key);
      if (reading) reading.isStale = true;
      this.#pages.delete(key);
    }
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
    if (underWay && !underWay.isStale) return underWay.events;
    const gone = new Set<EventId>();
    const reading: Reading = { gone, isStale: false, events: read(after).then((events) => (gone.size === 0 ? events : events.map((event) => redacted(event, gone)))) };
    this.#reading.set(key, reading);
    this.#list(roomId, key);
    try {
      const events = await reading.events;
      if (events.length > 0 && !reading.isStale) {
        this.#pages.set(key, events);
        this.#list(roomId, key);
      }
      return events;
    } finally {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
      if (!this.#pages.has(key)) this.#unlist(key);
    }
  }

  #list(roomId: RoomId, key: string): void {
    const keys = this.#keys.get(roomId) ?? new Set();
    this.#keys.set(roomId, keys.add(key));
  }

  #unlist(key: string): void {
    if (this.#reading.has(key)) return;
    const roomId = key.slice(0, key.indexOf('/')) as RoomId;
    const keys = this.#keys.get(roomId);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(roomId);
  }
}
