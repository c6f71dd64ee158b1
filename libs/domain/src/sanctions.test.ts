import { describe, expect, it } from 'vitest';
import type { EventId } from '@parley/protocol';
import type { CommandBody } from './command.ts';
import { HELD } from './standing.ts';
import { actor, directRoom, RoomBook, roomOfThree } from './testing/room-book.ts';

const [ann, mia, ben, eve] = [actor('ann'), actor('mia'), actor('ben'), actor('eve')];
const root = { ...actor('root'), admin: true };
const say: CommandBody = { name: 'message:send', body: 'hi' };
const mute = (userId = ben.id, forMs: number | null = null): CommandBody => ({ name: 'member:mute', userId, forMs, reason: 'noise' });
const ban = (userId = ben.id, forMs: number | null = null): CommandBody => ({ name: 'member:ban', userId, forMs, reason: 'enough' });
const hide = (messageId: EventId) => ({ name: 'message:hide', messageId, reason: 'spam' }) as const;

describe('a mute', () => {
  it('keeps a member from sending and editing, and says why and until when', () => {
    const book = roomOfThree();
    book.do(ben, say);
    expect(book.do(mia, mute(ben.id, 5_000))).toBe('member.muted');
    expect(book.log.at(-1)?.data).toEqual({ userId: ben.id, until: book.now + 5_000, reason: 'noise' });
    const refused = { ok: false, code: 'muted', sanction: { kind: 'mute', reason: 'noise', until: book.now + 5_000 } };
    expect(book.ask(ben, say)).toEqual(refused);
    expect(book.ask(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toEqual(refused);
    expect(book.do(ben, { name: 'message:delete', messageId: book.said })).toBe('message.deleted');
  });
  it('is over by itself, to the millisecond', () => {
    const book = roomOfThree();
    book.do(mia, mute(ben.id, 5_000));
    book.now += 4_999;
    expect(book.do(ben, say)).toBe('muted');
    book.now += 1;
    expect(book.do(ben, say)).toBe('message.created');
    expect(book.do(mia, { name: 'member:unmute', userId: ben.id })).toBe('');
  });
  it('is replaced by the newer one, and undone', () => {
    const book = roomOfThree();
    book.do(mia, mute());
    book.do(mia, mute(ben.id, 1));
    expect(book.do(mia, { name: 'member:unmute', userId: ben.id })).toBe('member.unmuted');
    expect(book.do(ben, say)).toBe('message.created');
  });
  it('outlives a membership', () => {
    const book = roomOfThree();
    book.do(mia, mute());
    book.do(ben, { name: 'room:leave' });
    book.do(ben, { name: 'room:join' });
    expect(book.do(ben, say)).toBe('muted');
  });
  it('holds for a moderator too, and ends where one becomes the owner, whom nobody could set free', () => {
    const book = roomOfThree();
    book.do(ann, mute(mia.id));
    expect(book.do(mia, say)).toBe('muted');
    book.do(ann, { name: 'member:role', userId: mia.id, role: 'owner' });
    expect(book.do(mia, say)).toBe('message.created');
    book.do(mia, { name: 'member:role', userId: ann.id, role: 'owner' });
    expect(book.do(mia, say)).toBe('message.created');
  });
});

describe('a ban', () => {
  it('ends the membership in the same breath, and keeps from coming back in any way', () => {
    const book = roomOfThree();
    expect(book.do(mia, ban())).toBe('member.left member.banned');
    const refused = { ok: false, code: 'banned', sanction: { kind: 'ban', reason: 'enough', until: null } };
    expect(book.ask(ben, { name: 'room:join' })).toEqual(refused);
    expect(book.ask(ben, say)).toEqual(refused);
    expect(book.ask(ann, { name: 'member:add', user: ben })).toMatchObject(refused);
    expect(book.state?.memberCount).toBe(2);
  });
  it('of a stranger keeps it from coming at all', () => {
    const book = roomOfThree();
    expect(book.do(mia, ban(eve.id, 10))).toBe('member.banned');
    expect(book.do(eve, { name: 'room:join' })).toBe('banned');
    book.now += 10;
    expect(book.do(eve, { name: 'room:join' })).toBe('member.joined');
  });
  it('does not make anybody a member when it is undone', () => {
    const book = roomOfThree();
    book.do(mia, ban());
    expect(book.do(mia, { name: 'member:unban', userId: ben.id })).toBe('member.unbanned');
    expect(book.do(mia, { name: 'member:unban', userId: ben.id })).toBe('');
    expect(book.do(ben, say)).toBe('not_member');
    expect(book.do(ben, { name: 'room:join' })).toBe('member.joined');
  });
  it('does not tell that a private room is there', () => {
    const book = roomOfThree('private');
    book.do(ann, ban());
    expect(book.do(ben, { name: 'room:join' })).toBe('room_not_found');
    expect(book.do(ben, say)).toBe('room_not_found');
    expect(book.do(ann, { name: 'member:add', user: ben })).toBe('banned');
  });
  it('keeps the last one out of a room that all have left', () => {
    const book = new RoomBook();
    book.do(ann, { name: 'room:create', kind: 'public', title: 'empty' });
    book.do(ann, ban(eve.id));
    book.do(ann, { name: 'room:leave' });
    expect(book.do(eve, { name: 'room:join' })).toBe('banned');
  });
});

describe('sanctions', () => {
  it.each(['member:mute', 'member:ban', 'member:remove', 'member:unmute', 'member:unban'] as const)('%s is only for those one stands above', (name) => {
    const act = (userId: typeof ben.id) => ({ name, userId, forMs: null, reason: 'r' }) as CommandBody;
    const refusedOf = (by: typeof ann, of: typeof ann) => roomOfThree().do(by, act(of.id)) === 'forbidden';
    for (const [by, of] of [[mia, ann], [mia, mia], [ann, ann], [ben, ben], [ben, mia], [root, ann]] as const) expect([by.name, of.name, refusedOf(by, of)]).toEqual([by.name, of.name, true]);
    for (const [by, of] of [[ann, mia], [ann, ben], [mia, ben], [root, mia], [root, ben]] as const) expect([by.name, of.name, refusedOf(by, of)]).toEqual([by.name, of.name, false]);
  });
  it('leave a room of two alone', () => {
    expect(directRoom().do(ann, mute())).toBe('forbidden');
    expect(directRoom().do(root, mute())).toBe('room_not_found');
    expect(directRoom().do(null, mute())).toBe('forbidden');
  });
  it('by the server: it hides, restores, mutes, and nothing else', () => {
    const book = roomOfThree();
    book.do(ben, say);
    expect(book.do(null, { ...hide(book.said), reason: HELD })).toBe('message.hidden');
    expect(book.do(null, { name: 'message:restore', messageId: book.said })).toBe('message.restored');
    expect(book.do(null, mute(mia.id))).toBe('member.muted');
    expect(book.do(null, mute(ann.id))).toBe('forbidden');
    expect(book.do(null, ban())).toBe('forbidden');
    const direct = directRoom();
    direct.do(ben, say);
    expect(direct.do(null, hide(direct.said))).toBe('message.hidden');
  });
});

describe('a hidden message', () => {
  it('is hidden and restored once, by whoever has a role', () => {
    const book = roomOfThree();
    book.do(ann, say);
    expect(book.do(ben, hide(book.said))).toBe('forbidden');
    expect(book.do(mia, hide(book.said))).toBe('message.hidden');
    expect(book.do(ann, hide(book.said))).toBe('');
    expect(book.do(mia, { name: 'message:restore', messageId: book.said })).toBe('message.restored');
    expect(book.do(mia, { name: 'message:restore', messageId: book.said })).toBe('');
  });
  it('may be deleted, but not edited: everybody would hear the new body', () => {
    const book = roomOfThree();
    book.do(ben, say);
    book.do(mia, hide(book.said));
    expect(book.do(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('forbidden');
    expect(book.do(ben, { name: 'message:delete', messageId: book.said })).toBe('message.deleted');
    expect(book.do(mia, { name: 'message:restore', messageId: book.said })).toBe('message_not_found');
    expect(book.do(mia, hide(book.said))).toBe('message_not_found');
  });
});

describe('slow mode', () => {
  const slow = (ms: number): CommandBody => ({ name: 'room:update', slowModeMs: ms });
  it('keeps a member waiting between two messages, and nobody with a role', () => {
    const book = roomOfThree();
    expect(book.do(mia, slow(1_000))).toBe('room.updated');
    expect(book.do(mia, slow(1_000))).toBe('');
    for (const by of [ben, ann, ann, mia, mia]) expect(book.do(by, say)).toBe('message.created');
    book.now += 400;
    expect(book.ask(ben, say)).toEqual({ ok: false, code: 'slow_mode', retryAfterMs: 600 });
    expect(book.do(ben, { name: 'message:edit', messageId: 'E5' as EventId, body: 'ho' })).not.toBe('slow_mode');
    book.now += 600;
    expect(book.do(ben, say)).toBe('message.created');
  });
  it('counts from when it was turned on, and on when only its pause is changed', () => {
    const book = roomOfThree();
    book.do(ben, say);
    book.do(mia, slow(1_000));
    expect(book.do(ben, say)).toBe('message.created');
    book.do(mia, slow(5_000));
    book.now += 2_000;
    expect(book.ask(ben, say)).toMatchObject({ code: 'slow_mode', retryAfterMs: 3_000 });
    book.do(mia, slow(0));
    expect(book.state).not.toHaveProperty('slow');
    book.do(mia, slow(5_000));
    expect(book.do(ben, say)).toBe('message.created');
  });
  it('outlives leaving and joining, and forgets what was said in a role', () => {
    const book = roomOfThree();
    book.do(mia, slow(1_000));
    book.do(ben, say);
    book.do(ben, { name: 'room:leave' });
    book.do(ben, { name: 'room:join' });
    expect(book.do(ben, say)).toBe('slow_mode');
    book.do(mia, say);
    book.do(ann, { name: 'member:role', userId: mia.id, role: 'member' });
    expect(book.do(mia, say)).toBe('message.created');
  });
  it('keeps nobody longer than its pause, whatever the clock of another gateway said', () => {
    const book = roomOfThree();
    book.do(mia, slow(1_000));
    book.do(ben, say);
    book.now -= 60_000;
    expect(book.ask(ben, say)).toMatchObject({ retryAfterMs: 1_000 });
  });
});

describe('a read-only room', () => {
  it('hears only those with a role, and admins', () => {
    const book = roomOfThree();
    book.do(ben, say);
    expect(book.do(ann, { name: 'room:update', readOnly: true })).toBe('room.updated');
    expect(book.do(ben, say)).toBe('read_only');
    expect(book.do(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('read_only');
    for (const by of [ann, mia]) expect(book.do(by, say)).toBe('message.created');
    book.do(root, { name: 'room:join' });
    expect(book.do(root, say)).toBe('message.created');
    expect(book.do(root, { name: 'room:update', readOnly: false })).toBe('room.updated');
    expect(book.state).not.toHaveProperty('readOnly');
    expect(book.do(ben, say)).toBe('message.created');
  });
});

it('an admin changes the pace of a room, and nothing else about it', () => {
  const book = roomOfThree();
  expect(book.do(root, { name: 'room:update', slowModeMs: 5, readOnly: true })).toBe('room.updated');
  expect(book.do(root, { name: 'room:update', title: 'mine' })).toBe('forbidden');
  expect(book.do(root, { name: 'room:update', slowModeMs: 0, topic: 'mine' })).toBe('forbidden');
});
