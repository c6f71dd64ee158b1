import { describe, expect, it } from 'vitest';
import type { UserId } from '@parley/protocol';
import type { MessageItem } from './message-item.ts';
import { GROUP_GAP_MS, messageRows } from './message-rows.ts';

const NOON = new Date(2026, 4, 12, 12, 0).getTime();
let count = 0;
const message = (by: string, at: number): MessageItem => {
  count += 1;
  return { key: `m${count}`, id: null, by: by as UserId, name: by, at, body: 'x', edited: false, mine: false, deletable: false, moderates: false, state: 'sent' };
};
const shape = (messages: MessageItem[], unread?: string) =>
  messageRows(messages, unread).map((row) => `${row.startsDay ? 'D' : ''}${row.startsUnread ? 'U' : ''}${row.startsGroup ? 'G' : ''}`);

describe('messageRows', () => {
  it('groups what one author says in a row', () => {
    expect(shape([message('a', NOON), message('a', NOON + 1), message('b', NOON + 2), message('a', NOON + 3)])).toEqual(['DG', '', 'G', 'G']);
  });

  it('begins a new group after a silence', () => {
    expect(shape([message('a', NOON), message('a', NOON + GROUP_GAP_MS), message('a', NOON + 2 * GROUP_GAP_MS + 1)])).toEqual(['DG', '', 'G']);
  });

  it('separates days at the reader’s own midnight', () => {
    const midnight = new Date(2026, 4, 13).getTime();
    expect(shape([message('a', midnight - 1), message('a', midnight)])).toEqual(['DG', 'DG']);
  });

  it('bears a server clock that went back', () => {
    const midnight = new Date(2026, 4, 13).getTime();
    expect(shape([message('a', midnight + 1), message('a', midnight - 1), message('a', midnight + 2)])).toEqual(['DG', 'DG', 'DG']);
  });

  it('shows the author again below the unread mark', () => {
    const messages = [message('a', NOON), message('a', NOON + 1)];
    expect(shape(messages, messages[1]?.key)).toEqual(['DG', 'UG']);
  });
});
