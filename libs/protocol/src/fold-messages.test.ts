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
});
