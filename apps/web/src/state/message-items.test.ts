import { describe, expect, it } from 'vitest';
import type { OutboxEntry, TimelineItem } from '@parley/chat-client';
import type { Cmid, EventId, MessageView, RoomId, UserId } from '@parley/protocol';
import { MessageItems, type ItemContext } from './message-items.ts';

const me = { id: 'me' as UserId, name: 'Ada' };
const context: ItemContext = { me, moderates: false, failureText: () => 'refused' };
const message = (more: Partial<MessageView> = {}): MessageView =>
  ({ id: 'M1' as EventId, seq: 1, by: me.id, name: 'Ada', at: 1, body: 'hello', cmid: 'c1' as Cmid, ...more });
const confirmed = (view: MessageView, change?: OutboxEntry): TimelineItem => ({ key: `k${view.id}`, state: 'confirmed', message: view, ...(change ? { change } : {}) });
const entry = (command: 'message:send' | 'message:edit' | 'message:delete', payload: object, state: 'queued' | 'sending' | 'failed'): OutboxEntry =>
  ({ item: { cmid: 'c2' as Cmid, by: me.id, roomId: 'r' as RoomId, command, payload, after: null, createdAt: 2 }, state, error: new Error('x') }) as unknown as OutboxEntry;
const pending = (): TimelineItem => ({ key: 'k2', state: 'queued', body: 'soon', entry: entry('message:send', { body: 'soon' }, 'queued') });

describe('MessageItems', () => {
  it('shows an edit on its way as if it were done, and its state', () => {
    const change = entry('message:edit', { messageId: 'M1', body: 'better' }, 'sending');
    expect(new MessageItems().of([confirmed(message(), change)], context)[0]).toMatchObject({ body: 'better', edited: true, state: 'sending', id: 'M1' });
  });

  it('keeps the body of a message whose deletion is on its way, and tells why it failed', () => {
    const change = entry('message:delete', { messageId: 'M1' }, 'failed');
    expect(new MessageItems().of([confirmed(message(), change)], context)[0]).toMatchObject({ body: 'hello', edited: false, state: 'failed', failure: 'refused' });
  });

  it('shows what is not in the log yet as mine, and not to be edited', () => {
    expect(new MessageItems().of([pending()], context)[0]).toMatchObject({ id: null, mine: true, deletable: false, state: 'queued', body: 'soon', at: 2 });
  });

  it('lets moderators delete what others said', () => {
    const theirs = message({ by: 'you' as UserId });
    const deletable = (more: Partial<ItemContext>) => new MessageItems().of([confirmed(theirs)], { ...context, ...more })[0]?.deletable;
    expect(deletable({})).toBe(false);
    expect(deletable({ moderates: true })).toBe(true);
  });

  it('says why there is no body', () => {
    const gone = (more: Partial<MessageView>) => new MessageItems().of([confirmed(message({ body: null, ...more }))], context)[0];
    expect(gone({ deletedAt: 3 })).toMatchObject({ gone: 'deleted' });
    expect(gone({ hidden: { at: 3, reason: 'rude' } })).toMatchObject({ gone: 'hidden', reason: 'rude' });
    expect(gone({})).toMatchObject({ gone: 'coming' });
  });

  it('hands out the same object until something of it changes', () => {
    const items = new MessageItems();
    const settled = confirmed(message());
    const [first, second] = items.of([settled, pending()], context);
    const again = items.of([settled, pending()], context);
    expect(again[0]).toBe(first);
    expect(again[1]).toBe(second);
    const promoted = items.of([settled], { ...context, moderates: true });
    expect(promoted[0]).not.toBe(first);
    expect(items.of([confirmed(message({ body: 'new' }))], context)[0]?.body).toBe('new');
  });
});
