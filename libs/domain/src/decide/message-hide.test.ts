import { expect, test } from 'vitest';
import { newCmid, newUserId, realChance } from '../ids.ts';
import type { CommandBody } from '../command.ts';
import { decide } from '../decide.ts';
import { HELD, NOBODY } from '../standing.ts';
import type { RoomState } from '../state.ts';
import { roomIdOf } from '../room-id.ts';

const author = newUserId();
const moderator = { id: newUserId(), name: 'Mo' };
const messageId = realChance.eventId();
const roomId = roomIdOf(moderator.id, newCmid());
const state = { kind: 'public', epoch: 1, seq: 9, lastId: messageId, sealed: false, roles: { [moderator.id]: 'moderator' } } as unknown as RoomState;

/** What is appended for a message that is hidden for `hidden`; `null`: nothing. */
const appended = (body: CommandBody, by: typeof moderator | null, hidden: string | null) => {
  const targets = { members: new Map([[moderator.id, { ...NOBODY, role: 'moderator' as const }]]), messages: new Map([[messageId, { by: author, deleted: false, hidden }]]) };
  const decision = decide(state, { ...body, roomId, by, cmid: newCmid() }, targets, 0);
  if (!decision.ok) throw new Error(decision.code);
  return decision.events.map(({ type, data }) => [type, 'reason' in data ? data.reason : ''])[0] ?? null;
};
const hide = (reason: string): CommandBody => ({ name: 'message:hide', messageId, reason });
const restore: CommandBody = { name: 'message:restore', messageId };

test('what is hidden stays hidden for its reason, and what waits for a check is decided by whoever decides', () => {
  for (const by of [moderator, null]) {
    expect(appended(hide('rude'), by, null)).toEqual(['message.hidden', 'rude']);
    expect(appended(hide('rude'), by, 'spam')).toBeNull();
    expect(appended(hide('rude'), by, HELD)).toEqual(['message.hidden', 'rude']);
    expect(appended(hide(HELD), by, HELD)).toBeNull();
    expect(appended(hide(HELD), by, 'spam')).toBeNull();
  }
});

test('the system restores what it held back, and nothing that was decided; a moderator restores either', () => {
  expect(appended(restore, null, HELD)).toEqual(['message.restored', '']);
  expect(appended(restore, null, 'spam')).toBeNull();
  expect(appended(restore, null, null)).toBeNull();
  expect(appended(restore, moderator, HELD)).toEqual(['message.restored', '']);
  expect(appended(restore, moderator, 'spam')).toEqual(['message.restored', '']);
});
