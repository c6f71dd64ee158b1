import { describe, expect, it } from 'vitest';
import type { EventData, EventType, RoomEvent } from './events.ts';
import { foldMessages } from './fold-messages.ts';
import type { EventId } from './ids.ts';

const event = <T extends EventType>(seq: number, type: T, data: EventData<T>, by: string | null = 'uann'): RoomEvent =>
  ({ roomId: 'r', epoch: 1, seq, id: `E${seq}`, type, by, at: seq * 1_000, cmid: `c${seq}`, data }) as RoomEvent;
const said = (seq: number, body: string) => event(seq, 'message.created', { name: 'Ann', body });
const edited = (seq: number, of: number, body: string) => event(seq, 'message.edited', { messageId: `E${of}` as EventId, body });
const deleted = (seq: number, of: number) => event(seq, 'message.deleted', { messageId: `E${of}` as EventId });
const fold = (...events: RoomEvent[]) => [...foldMessages(new Map(), events).values()];

describe('folding messages', () => {
  it('keeps what was said, in order, and nothing else', () => {
    const messages = fold(said(1, 'one'), event(2, 'member.left', { userId: 'uben' as never }), said(3, 'two'));
    expect(messages.map(({ seq, body }) => [seq, body])).toEqual([[1, 'one'], [3, 'two']]);
    expect(messages[0]).toEqual({ id: 'E1', seq: 1, by: 'uann', name: 'Ann', at: 1_000, body: 'one', cmid: 'c1' });
  });
  it('shows an edited message in its place, with when it was edited last', () => {
    const messages = fold(said(1, 'one'), said(2, 'two'), edited(3, 1, 'uno'), edited(4, 1, 'eins'));
    expect(messages.map(({ body, editedAt }) => [body, editedAt])).toEqual([['eins', 4_000], ['two', undefined]]);
  });
  it('keeps the place of a deleted message without its body, which no edit brings back', () => {
    const [message] = fold(said(1, 'one'), deleted(2, 1), edited(3, 1, 'back'));
    expect(message).toMatchObject({ seq: 1, body: null, deletedAt: 2_000 });
    expect(message).not.toHaveProperty('editedAt');
  });
  it('passes over edits and deletions of messages that are not at hand', () => {
    expect(fold(edited(2, 1, 'x'), deleted(3, 1))).toEqual([]);
  });
  it('changes nothing the second time', () => {
    const events = [said(1, 'one'), said(2, 'two'), edited(3, 1, 'uno'), deleted(4, 2)];
    const once = foldMessages(new Map(), events);
    const before = JSON.stringify([...once]);
    expect(JSON.stringify([...foldMessages(once, events)])).toBe(before);
  });
  it('applies events to a page that was read before them', () => {
    const page = foldMessages(new Map(), [said(1, 'one')]);
    const [message] = [...foldMessages(page, [deleted(5, 1)]).values()];
    expect(message?.body).toBeNull();
  });

  describe('where a message is hidden', () => {
    const hidden = (seq: number, of: number) => event(seq, 'message.hidden', { messageId: `E${of}` as EventId, reason: 'spam' }, null);
    const restored = (seq: number, of: number) => event(seq, 'message.restored', { messageId: `E${of}` as EventId });

    it('keeps its place without its body, and says why', () => {
      const [message] = fold(said(1, 'one'), edited(2, 1, 'uno'), hidden(3, 1));
      expect(message).toEqual({ id: 'E1', seq: 1, by: 'uann', name: 'Ann', at: 1_000, body: null, cmid: 'c1', editedAt: 2_000, hidden: { at: 3_000, reason: 'spam' } });
    });
    it('gives its body back, as it was last, however the events were cut into parts', () => {
      const events = [said(1, 'one'), edited(2, 1, 'uno'), hidden(3, 1), restored(4, 1)];
      for (let cut = 0; cut <= events.length; cut += 1) {
        const [messages, bodies] = [new Map(), new Map()];
        foldMessages(messages, events.slice(0, cut), bodies);
        const [message] = [...foldMessages(messages, events.slice(cut), bodies).values()];
        expect([message?.body, message?.hidden, bodies.size]).toEqual(['uno', undefined, 0]);
      }
    });
    it('has nothing that a restore brings back once it is deleted', () => {
      const bodies = new Map();
      const [message] = [...foldMessages(new Map(), [said(1, 'one'), hidden(2, 1), deleted(3, 1), restored(4, 1), hidden(5, 1)], bodies).values()];
      expect(message).toEqual({ id: 'E1', seq: 1, by: 'uann', name: 'Ann', at: 1_000, body: null, cmid: 'c1', deletedAt: 3_000 });
      expect(bodies.size).toBe(0);
    });
    it('shows no body that was never told, and none of an edit under the hide', () => {
      const redacted = event(1, 'message.created', { name: 'Ann', body: '', redacted: true });
      expect(fold(redacted, hidden(2, 1), restored(3, 1))[0]).toMatchObject({ body: null });
      expect(fold(redacted, hidden(2, 1), restored(3, 1))[0]).not.toHaveProperty('hidden');
      expect(fold(said(1, 'one'), hidden(2, 1), edited(3, 1, 'uno'))[0]).toMatchObject({ body: null });
    });
  });
});
