import { describe, expect, it } from 'vitest';
import type { Cmid, EventId, MessageView, RoomEvent } from '@parley/protocol';
import type { OutboxEntry } from './outbox.ts';
import { RoomView } from './room-view.ts';
import { roomId, userId } from './testing/fake-gateway.ts';

const me = userId(1);
const view = (seq: number, more: Partial<MessageView> = {}): MessageView => ({ id: `id${seq}` as EventId, seq, by: me, name: '', at: 0, body: `m${seq}`, cmid: `c${seq}` as Cmid, ...more });
const base = { roomId: roomId(1), epoch: 1, by: me, at: 0, cmid: null };
const said = (seq: number): RoomEvent => ({ ...base, seq, id: `id${seq}` as EventId, cmid: `c${seq}` as Cmid, type: 'message.created', data: { name: '', body: `m${seq}` } });
const edited = (seq: number, of: number, body: string): RoomEvent => ({ ...base, seq, id: `id${seq}` as EventId, type: 'message.edited', data: { messageId: `id${of}` as EventId, body } });
const entry = (cmid: string, state: OutboxEntry['state'], seq?: number): OutboxEntry =>
  ({ item: { cmid, by: me, roomId: roomId(1), command: 'message:send', payload: { body: cmid }, after: null, createdAt: 0 }, state, ...(seq === undefined ? {} : { answer: { epoch: 1, seq, id: `id${seq}` } }) }) as OutboxEntry;
const opened = (seq: number, messages: MessageView[] = [], more = false): RoomView => {
  const made = new RoomView(100);
  made.reset({ epoch: 1, seq, messages, more });
  return made;
};
const shown = (made: RoomView, entries: OutboxEntry[] = []): string[] => made.snapshot(entries).map((item) => (item.state === 'confirmed' ? `${item.message.body}` : `${item.body} ${item.state}`));

describe("a room's view", () => {
  it('is the same array until something changes', () => {
    const made = opened(1, [view(1)]);
    const before = made.snapshot([]);
    expect(made.snapshot([])).toBe(before);
    made.apply([said(2)]);
    const after = made.snapshot([]);
    expect(after).not.toBe(before);
    expect(after[0]).toBe(before[0]);
  });

  it('shows an acked message as sent until its event comes', () => {
    const made = opened(1);
    made.await(entry('c3', 'sent', 3), 1);
    expect(shown(made)).toEqual(['c3 sent']);
    made.apply([said(2)]);
    expect(shown(made)).toEqual(['m2', 'c3 sent']);
    made.apply([said(3)]);
    expect(shown(made)).toEqual(['m2', 'm3']);
  });

  it('does not show an acked message beside its event that came first, nor one beyond what is loaded', () => {
    const made = opened(3, [view(3)]);
    made.await(entry('c2', 'sent', 2), 3);
    made.await(entry('c3', 'sent', 3), 3);
    expect(shown(made)).toEqual(['m3']);
  });

  it('shows a message that waits beside its event as the event alone', () => {
    expect(shown(opened(1, [view(1)]), [entry('c1', 'sending'), entry('c2', 'queued')])).toEqual(['m1', 'c2 queued']);
  });

  it('tells the cmid of one user from the same cmid of another', () => {
    expect(shown(opened(1, [view(1, { by: userId(2) })]), [entry('c1', 'sending')])).toEqual(['m1', 'c1 sending']);
  });

  it('folds later edits over a page that does not have them', () => {
    const made = opened(10, [view(10)], true);
    made.apply([edited(11, 5, 'new')]);
    expect(made.prepend({ epoch: 1, seq: 10, messages: [view(5)], more: false }, 11)).toBe(true);
    expect(shown(made)).toEqual(['new', 'm10']);
  });

  it('does not fold an earlier edit over a page that has a later one', () => {
    const made = opened(10, [view(10)], true);
    made.prepend({ epoch: 1, seq: 12, messages: [view(5, { body: 'second' })], more: false }, 10);
    made.apply([edited(11, 5, 'first')]);
    expect(shown(made)).toEqual(['second', 'm10']);
    made.apply([edited(12, 5, 'second'), edited(13, 5, 'third')]);
    expect(shown(made)).toEqual(['third', 'm10']);
  });

  it('asks for a page again that is older than the edits it remembers', () => {
    const made = opened(10, [view(10)], true);
    made.apply(Array.from({ length: 501 }, (_, n) => edited(11 + n, 5, `${n}`)));
    expect(made.prepend({ epoch: 1, seq: 10, messages: [view(5)], more: false }, 511)).toBe(false);
    expect(made.prepend({ epoch: 1, seq: 11, messages: [view(5)], more: false }, 511)).toBe(true);
    expect(shown(made)).toEqual(['500', 'm10']);
  });
});
