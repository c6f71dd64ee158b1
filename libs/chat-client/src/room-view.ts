import { foldMessages, type CommandResponse, type EventId, type MessageView, type RoomEvent } from '@parley/protocol';
import type { OutboxEntry } from './outbox.ts';

/** A message of the log, or one that is on its way into it. */
export type TimelineItem =
  | {
      /** Stays the same from the moment of sending on. */
      readonly key: string;
      readonly state: 'confirmed';
      readonly message: MessageView;
      /** An edit or deletion of it that is on its way, or failed. */
      readonly change?: OutboxEntry;
    }
  | {
      readonly key: string;
      /** `sent`: acked, and its place in the order not known here yet. */
      readonly state: 'queued' | 'sending' | 'sent' | 'failed';
      readonly body: string;
      readonly entry: OutboxEntry;
    };

/** Edits, deletions and hides remembered to be folded over pages of history that were read before them. */
const MAX_CHANGES = 500;
/** Own messages shown as sent while their events are awaited. */
const MAX_AWAITED = 200;

type HistoryPage = CommandResponse<'room:history'>;
const CHANGES = ['message.edited', 'message.deleted', 'message.hidden', 'message.restored'] as const;
type ChangeEvent = Extract<RoomEvent, { type: (typeof CHANGES)[number] }>;
const isChange = (event: RoomEvent): event is ChangeEvent => (CHANGES as readonly string[]).includes(event.type);

/** A message that is shown again, and whose body was never here. */
export type MissingBody = { id: EventId; seq: number; /** Its restoration: a page of history that knows it has the body. */ restoredAt: number };

/** The messages of one room as far as they are loaded: a stretch of history without holes, up to the newest. */
export class RoomView {
  readonly #limit: number;
  /** Ascending by seq. */
  #messages = new Map<EventId, MessageView>();
  /** Everything from this seq on is loaded. */
  #from = 1;
  #hasOlder = false;
  #changes: ChangeEvent[] = [];
  /** `#changes` has all of them above this. */
  #changesFrom = 0;
  /** Messages read from a page that was ahead of the events: changes up to that seq are in them already. */
  readonly #aheadOf = new Map<EventId, number>();
  /** Once this seq is known, `#aheadOf` has served. */
  #aheadUntil = 0;
  readonly #missing = new Map<EventId, MissingBody>();
  #awaited: OutboxEntry[] = [];
  #snapshot: readonly TimelineItem[] | null = null;
  readonly #items = new WeakMap<MessageView, TimelineItem>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** History below this seq is not loaded. */
  get from(): number {
    return this.#from;
  }

  /** Starts anew from the newest page. */
  reset(page: HistoryPage): void {
    this.#messages = new Map(page.messages.map((message) => [message.id, message]));
    this.#from = page.messages[0]?.seq ?? page.seq + 1;
    this.#hasOlder = page.more;
    this.#changes = [];
    this.#changesFrom = page.seq;
    this.#aheadOf.clear();
    this.#missing.clear();
    this.#awaited = [];
    this.touch();
  }

  /** The next message to fetch, the newest first. */
  get missing(): MissingBody | undefined {
    return [...this.#missing.values()].at(-1);
  }

  /** The message as a page of history has it, or `null` if it cannot be had. `known`: how far the events are. */
  fill(id: EventId, page: HistoryPage | null, known: number): void {
    this.#missing.delete(id);
    const read = page?.messages.find((message) => message.id === id);
    if (!page || !read || !this.#messages.has(id)) return;
    const folded = foldMessages(new Map([[id, read]]), this.#changes.filter((event) => event.seq > page.seq));
    this.#messages.set(id, folded.get(id) ?? read);
    if (page.seq > known) this.#ahead(id, page.seq);
    this.#mindMissing(this.#changes.filter((event) => event.seq > page.seq && event.data.messageId === id));
    this.touch();
  }

  apply(events: readonly RoomEvent[]): void {
    const news = this.#aheadOf.size === 0 ? events : events.filter((event) => !isChange(event) || event.seq > (this.#aheadOf.get(event.data.messageId) ?? 0));
    foldMessages(this.#messages, news);
    const changes = events.filter(isChange);
    this.#changes.push(...changes);
    this.#mindMissing(changes);
    for (const dropped of this.#changes.splice(0, this.#changes.length - MAX_CHANGES)) this.#changesFrom = dropped.seq;
    const last = events[events.length - 1];
    if (last && last.seq >= this.#aheadUntil) this.#aheadOf.clear();
    if (last) this.#awaited = this.#awaited.filter((entry) => entry.state === 'sent' && entry.answer && entry.answer.seq > last.seq);
    for (const message of this.#messages.values()) {
      if (this.#messages.size <= this.#limit) break;
      this.#messages.delete(message.id);
      this.#missing.delete(message.id);
      this.#aheadOf.delete(message.id);
      this.#from = message.seq + 1;
      this.#hasOlder = true;
    }
    this.touch();
  }

  /** Puts an older page before what is there. False if it was read too long ago to be brought up to date: read it again. */
  prepend(page: HistoryPage, known: number): boolean {
    if (page.seq < this.#changesFrom) return false;
    const older = new Map(page.messages.filter((message) => message.seq < this.#from).map((message) => [message.id, message]));
    foldMessages(older, this.#changes.filter((event) => event.seq > page.seq));
    if (page.seq > known) {
      for (const id of older.keys()) this.#ahead(id, page.seq);
    }
    this.#messages = new Map([...older, ...this.#messages]);
    this.#from = page.messages[0]?.seq ?? this.#from;
    this.#hasOlder = page.more;
    this.touch();
    return true;
  }

  /** An own message is in the log; shown as `sent` until its event comes, unless it has. */
  await(entry: OutboxEntry, known: number): void {
    if (entry.state === 'sent' && entry.item.command === 'message:send' && entry.answer && entry.answer.seq > known) {
      this.#awaited = [...this.#awaited.slice(1 - MAX_AWAITED), entry];
    }
    this.touch();
  }

  /** Something in it changed: the next snapshot is a new one. */
  touch(): void {
    this.#snapshot = null;
  }

  /** The same array until something changes. */
  snapshot(entries: readonly OutboxEntry[]): readonly TimelineItem[] {
    this.#snapshot ??= this.#compose(entries);
    return this.#snapshot;
  }

  #ahead(id: EventId, seq: number): void {
    this.#aheadOf.set(id, seq);
    this.#aheadUntil = Math.max(this.#aheadUntil, seq);
  }

  #mindMissing(changes: readonly ChangeEvent[]): void {
    for (const { type, seq, data: { messageId } } of changes) {
      const message = this.#messages.get(messageId);
      if (!message || message.body !== null || message.deletedAt !== undefined || message.hidden) this.#missing.delete(messageId);
      else if (type === 'message.restored') this.#missing.set(messageId, { id: messageId, seq: message.seq, restoredAt: seq });
    }
  }

  #compose(entries: readonly OutboxEntry[]): TimelineItem[] {
    const changes = new Map<string, OutboxEntry>();
    for (const entry of entries) if ('messageId' in entry.item.payload) changes.set(entry.item.payload.messageId, entry);
    const local = new Map<string, TimelineItem>();
    for (const entry of [...this.#awaited, ...entries].sort((a, b) => (a.item.cmid < b.item.cmid ? -1 : 1))) {
      const { item, state } = entry;
      if (item.command !== 'message:send' || state === 'discarded') continue;
      const key = `${item.by}:${item.cmid}`;
      local.set(key, { key, state, body: item.payload.body, entry });
    }
    const items: TimelineItem[] = [];
    for (const message of this.#messages.values()) {
      const confirmed = this.#confirmed(message);
      local.delete(confirmed.key);
      const change = changes.get(message.id);
      items.push(change && confirmed.state === 'confirmed' ? { ...confirmed, change } : confirmed);
    }
    return [...items, ...local.values()];
  }

  #confirmed(message: MessageView): TimelineItem {
    let item = this.#items.get(message);
    if (!item) this.#items.set(message, (item = { key: message.cmid === null ? message.id : `${message.by}:${message.cmid}`, state: 'confirmed', message }));
    return item;
  }
}
