import { describe, expect, it } from 'vitest';
import { LIMITS, type EventId, type UserId } from '@parley/protocol';
import { actor, directRoom, RoomBook, roomOfThree } from './testing/room-book.ts';

const ann = actor('ann');
const mia = actor('mia');
const ben = actor('ben');
const eve = actor('eve');

describe('room:create', () => {
  it('makes its sender the owner', () => {
    const book = new RoomBook();
    expect(book.do(ann, { name: 'room:create', kind: 'private', title: 'den' })).toBe('room.created member.joined');
    expect(book.state).toMatchObject({ kind: 'private', name: 'den', memberCount: 1, roles: { [ann.id]: 'owner' } });
  });
  it('of a room that is there changes nothing', () => {
    expect(roomOfThree().do(ann, { name: 'room:create', kind: 'public', title: 'again' })).toBe('');
  });
  it('of a direct room takes in both users, as equals, in one order whoever asks', () => {
    const book = directRoom();
    expect(book.state).toMatchObject({ kind: 'direct', pair: [ann.id, ben.id], memberCount: 2, roles: {} });
    const other = new RoomBook();
    other.do(ben, { name: 'room:create', kind: 'direct', peer: ann });
    expect(other.state?.pair).toEqual([ann.id, ben.id]);
  });
  it('of a direct room with oneself is refused', () => {
    expect(new RoomBook().do(ann, { name: 'room:create', kind: 'direct', peer: ann })).toBe('bad_request');
  });
  it('is the only command a room that is not there accepts', () => {
    const book = new RoomBook();
    expect(book.do(ann, { name: 'room:join' })).toBe('room_not_found');
    expect(book.do(ann, { name: 'message:send', body: 'hi' })).toBe('room_not_found');
    expect(book.do(null, { name: 'epoch:seal', reason: 'move' })).toBe('room_not_found');
  });
});

describe('room:join', () => {
  it('lets anyone into a public room, once', () => {
    const book = roomOfThree();
    expect(book.do(eve, { name: 'room:join' })).toBe('member.joined');
    expect(book.do(eve, { name: 'room:join' })).toBe('');
    expect(book.state?.memberCount).toBe(4);
  });
  it('does not tell a stranger that a private or direct room is there', () => {
    expect(roomOfThree('private').do(eve, { name: 'room:join' })).toBe('room_not_found');
    expect(directRoom().do(eve, { name: 'room:join' })).toBe('room_not_found');
  });
  it('makes the first to come into a room that all have left its owner', () => {
    const book = new RoomBook();
    book.do(ann, { name: 'room:create', kind: 'public', title: 'empty' });
    book.do(ann, { name: 'room:leave' });
    book.do(ben, { name: 'room:join' });
    expect(book.state).toMatchObject({ memberCount: 1, roles: { [ben.id]: 'owner' } });
  });
});

describe('room:leave', () => {
  it('is for members', () => {
    expect(roomOfThree().do(eve, { name: 'room:leave' })).toBe('not_member');
    expect(roomOfThree('private').do(eve, { name: 'room:leave' })).toBe('room_not_found');
  });
  it('takes a role along', () => {
    const book = roomOfThree();
    expect(book.do(mia, { name: 'room:leave' })).toBe('member.left');
    book.do(mia, { name: 'room:join' });
    expect(book.members.get(mia.id)).toBe('member');
  });
  it('is refused to an owner whom others would be left without', () => {
    expect(roomOfThree().do(ann, { name: 'room:leave' })).toBe('forbidden');
  });
  it('is refused in a direct room', () => {
    expect(directRoom().do(ben, { name: 'room:leave' })).toBe('forbidden');
  });
});

describe('room:update', () => {
  it('is for the owner and moderators', () => {
    const book = roomOfThree();
    expect(book.do(ben, { name: 'room:update', topic: 't' })).toBe('forbidden');
    expect(book.do(mia, { name: 'room:update', topic: 't' })).toBe('room.updated');
    expect(book.do(ann, { name: 'room:update', title: 'new' })).toBe('room.updated');
    expect(book.state).toMatchObject({ name: 'new', topic: 't' });
  });
  it('appends only what is new', () => {
    const book = roomOfThree();
    expect(book.do(ann, { name: 'room:update', title: 'three', topic: '' })).toBe('');
    book.do(ann, { name: 'room:update', title: 'three', topic: 'other' });
    expect(book.log.at(-1)?.data).toEqual({ topic: 'other' });
  });
  it('is refused in a direct room', () => {
    expect(directRoom().do(ann, { name: 'room:update', topic: 't' })).toBe('forbidden');
  });
});

describe('member:add', () => {
  it('is for the owner and moderators', () => {
    expect(roomOfThree().do(ben, { name: 'member:add', user: eve })).toBe('forbidden');
    expect(roomOfThree('private').do(mia, { name: 'member:add', user: eve })).toBe('member.joined');
  });
  it('of a member changes nothing', () => {
    expect(roomOfThree().do(ann, { name: 'member:add', user: mia })).toBe('');
  });
  it('is refused in a direct room', () => {
    expect(directRoom().do(ann, { name: 'member:add', user: eve })).toBe('forbidden');
  });
});

describe('member:remove', () => {
  it('is for those who stand above', () => {
    expect(roomOfThree().do(ben, { name: 'member:remove', userId: mia.id })).toBe('forbidden');
    expect(roomOfThree().do(mia, { name: 'member:remove', userId: ann.id })).toBe('forbidden');
    expect(roomOfThree().do(mia, { name: 'member:remove', userId: mia.id })).toBe('forbidden');
    expect(roomOfThree().do(mia, { name: 'member:remove', userId: ben.id })).toBe('member.left');
    expect(roomOfThree().do(ann, { name: 'member:remove', userId: mia.id })).toBe('member.left');
  });
  it('of a stranger changes nothing', () => {
    expect(roomOfThree().do(ann, { name: 'member:remove', userId: eve.id })).toBe('');
  });
});

describe('member:role', () => {
  it('is for the owner', () => {
    expect(roomOfThree().do(mia, { name: 'member:role', userId: ben.id, role: 'moderator' })).toBe('forbidden');
    expect(roomOfThree().do(ann, { name: 'member:role', userId: ben.id, role: 'moderator' })).toBe('member.role_changed');
    expect(roomOfThree().do(ann, { name: 'member:role', userId: mia.id, role: 'member' })).toBe('member.role_changed');
    expect(roomOfThree().do(ann, { name: 'member:role', userId: eve.id, role: 'member' })).toBe('user_not_found');
  });
  it('hands the room on, and the giver stays as a moderator', () => {
    const book = roomOfThree();
    expect(book.do(ann, { name: 'member:role', userId: ben.id, role: 'owner' })).toBe('member.role_changed member.role_changed');
    expect(book.state?.roles).toEqual({ [ann.id]: 'moderator', [mia.id]: 'moderator', [ben.id]: 'owner' });
    expect(book.do(ann, { name: 'member:role', userId: mia.id, role: 'member' })).toBe('forbidden');
  });
  it('is not for oneself', () => {
    expect(roomOfThree().do(ann, { name: 'member:role', userId: ann.id, role: 'member' })).toBe('forbidden');
    expect(roomOfThree().do(ann, { name: 'member:role', userId: ann.id, role: 'owner' })).toBe('');
  });
  it('keeps the number of moderators within its limit, also when the room is handed on', () => {
    const book = roomOfThree();
    for (let n = 1; n < LIMITS.moderators; n += 1) {
      const user = actor(`m${n}`);
      book.do(ann, { name: 'member:add', user });
      expect(book.do(ann, { name: 'member:role', userId: user.id, role: 'moderator' })).toBe('member.role_changed');
    }
    expect(book.do(ann, { name: 'member:role', userId: ben.id, role: 'moderator' })).toBe('limit_reached');
    expect(book.do(ann, { name: 'member:role', userId: ben.id, role: 'owner' })).toBe('limit_reached');
    expect(book.do(ann, { name: 'member:role', userId: mia.id, role: 'owner' })).toBe('member.role_changed member.role_changed');
  });
});

describe('message:send', () => {
  it('is for members', () => {
    const book = roomOfThree();
    expect(book.do(ben, { name: 'message:send', body: 'hi' })).toBe('message.created');
    expect(book.log.at(-1)).toMatchObject({ by: ben.id, data: { name: 'ben', body: 'hi' } });
    expect(book.do(eve, { name: 'message:send', body: 'hi' })).toBe('not_member');
    expect(roomOfThree('private').do(eve, { name: 'message:send', body: 'hi' })).toBe('room_not_found');
  });
  it('is refused to whom was removed', () => {
    const book = roomOfThree();
    book.do(ann, { name: 'member:remove', userId: mia.id });
    expect(book.do(mia, { name: 'message:send', body: 'hi' })).toBe('not_member');
  });
});

describe('message:edit', () => {
  const said = () => {
    const book = roomOfThree();
    book.do(ben, { name: 'message:send', body: 'hi' });
    return book;
  };
  it('is for its author alone', () => {
    const book = said();
    expect(book.do(ann, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('forbidden');
    expect(book.do(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('message.edited');
  });
  it('is refused to an author who has left', () => {
    const book = said();
    book.do(ben, { name: 'room:leave' });
    expect(book.do(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('not_member');
  });
  it('needs a message that is there', () => {
    const book = said();
    expect(book.do(ben, { name: 'message:edit', messageId: 'none' as EventId, body: 'ho' })).toBe('message_not_found');
    book.do(ben, { name: 'message:delete', messageId: book.said });
    expect(book.do(ben, { name: 'message:edit', messageId: book.said, body: 'ho' })).toBe('message_not_found');
  });
});

describe('message:delete', () => {
  const said = (by: typeof ann) => {
    const book = roomOfThree();
    book.do(by, { name: 'message:send', body: 'hi' });
    return book;
  };
  it('is for its author, the owner and moderators', () => {
    for (const by of [ben, mia, ann]) {
      const book = said(ben);
      expect(book.do(by, { name: 'message:delete', messageId: book.said })).toBe('message.deleted');
    }
    const book = said(mia);
    expect(book.do(ben, { name: 'message:delete', messageId: book.said })).toBe('forbidden');
    expect(book.do(eve, { name: 'message:delete', messageId: book.said })).toBe('not_member');
  });
  it('happens once', () => {
    const book = said(ben);
    book.do(ben, { name: 'message:delete', messageId: book.said });
    expect(book.do(ann, { name: 'message:delete', messageId: book.said })).toBe('message_not_found');
  });
  it("is refused for the other's message in a direct room", () => {
    const book = directRoom();
    book.do(ben, { name: 'message:send', body: 'hi' });
    expect(book.do(ann, { name: 'message:delete', messageId: book.said })).toBe('forbidden');
  });
});

describe('epoch:seal', () => {
  it('is for the system', () => {
    expect(roomOfThree().do(ann, { name: 'epoch:seal', reason: 'move' })).toBe('forbidden');
    expect(roomOfThree().do(null, { name: 'epoch:seal', reason: 'move' })).toBe('epoch.sealed');
  });
  it('makes everything else wait until the next epoch is open', () => {
    const book = roomOfThree();
    book.do(null, { name: 'epoch:seal', reason: 'move' });
    expect(book.do(ben, { name: 'message:send', body: 'hi' })).toBe('unavailable');
    expect(book.do(null, { name: 'epoch:seal', reason: 'move' })).toBe('unavailable');
    book.append({ type: 'epoch.opened', data: { prevEpoch: 1, prevSeq: book.log.length, prevId: book.log.at(-1)!.id, reason: 'move' } }, null);
    expect(book.do(ben, { name: 'message:send', body: 'hi' })).toBe('message.created');
  });
});

it('the system may do nothing that is for users', () => {
  expect(roomOfThree().do(null, { name: 'message:send', body: 'hi' })).toBe('forbidden');
  expect(roomOfThree().do(null, { name: 'member:remove', userId: 'uben' as UserId })).toBe('forbidden');
});
