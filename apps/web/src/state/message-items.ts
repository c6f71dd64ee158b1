import type { OutboxEntry, TimelineItem } from '@parley/chat-client';
import type { MessageView, UserView } from '@parley/protocol';
import type { DeliveryState, MessageItem } from '@parley/ui';

export type ItemContext = {
  me: UserView;
  /** Whether the reader moderates the room. */
  moderates: boolean;
  failureText: (error: unknown) => string;
};

/** What was discarded is about to leave the list; until then nothing is said of it. */
const deliveryOf = (state: Exclude<TimelineItem['state'], 'confirmed'> | OutboxEntry['state']): DeliveryState => (state === 'discarded' ? 'queued' : state);

const goneOf = (message: MessageView): MessageItem['gone'] =>
  message.body !== null ? undefined : message.deletedAt !== undefined ? 'deleted' : message.hidden ? 'hidden' : 'coming';

const confirmed = (item: Extract<TimelineItem, { state: 'confirmed' }>, { me, moderates, failureText }: ItemContext): MessageItem => {
  const { message, change } = item;
  const mine = message.by === me.id;
  const edit = change?.item.command === 'message:edit' ? (change.item.payload as { body: string }).body : null;
  const state = change ? deliveryOf(change.state) : 'sent';
  return {
    key: item.key, id: message.id, by: message.by, name: message.name, at: message.at, mine, state,
    body: message.body === null ? null : edit ?? message.body,
    gone: goneOf(message), reason: message.hidden?.reason, moderates,
    edited: message.editedAt !== undefined || edit !== null,
    deletable: message.body !== null && (mine || moderates),
    failure: change?.state === 'failed' ? failureText(change.error) : undefined,
  };
};

const local = (item: Exclude<TimelineItem, { state: 'confirmed' }>, { me, failureText }: ItemContext): MessageItem => ({
  key: item.key, id: null, by: me.id, name: me.name, at: item.entry.item.createdAt, body: item.body, edited: false, mine: true, deletable: false, moderates: false,
  waits: item.entry.state === 'queued' && item.entry.error?.code === 'slow_mode',
  state: deliveryOf(item.state), failure: item.entry.state === 'failed' ? failureText(item.entry.error) : undefined,
});

const same = (a: MessageItem, b: MessageItem): boolean =>
  (Object.keys(a) as (keyof MessageItem)[]).every((field) => Object.is(a[field], b[field]));

/** Turns a room's timeline into what the list shows, handing out the same object for what has not changed. */
export class MessageItems {
  #byTimelineItem = new WeakMap<TimelineItem, MessageItem>();
  #previous = new Map<string, MessageItem>();
  #context: ItemContext | null = null;

  of(timeline: readonly TimelineItem[], context: ItemContext): MessageItem[] {
    if (this.#context?.moderates !== context.moderates) this.#byTimelineItem = new WeakMap();
    this.#context = context;
    const items: MessageItem[] = [];
    const unsettled = new Map<string, MessageItem>();
    for (const entry of timeline) {
      let item = this.#byTimelineItem.get(entry);
      if (!item) {
        item = entry.state === 'confirmed' ? confirmed(entry, context) : local(entry, context);
        const before = this.#previous.get(item.key);
        if (before && same(before, item)) item = before;
        this.#byTimelineItem.set(entry, item);
      }
      if (entry.state !== 'confirmed' || entry.change) unsettled.set(item.key, item);
      items.push(item);
    }
    this.#previous = unsettled;
    return items;
  }
}
