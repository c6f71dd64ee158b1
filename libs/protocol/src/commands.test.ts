import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName, type RoomEvent } from './index.ts';
import { EVENT_DATA, roomEventSchema } from './events.ts';
import { LIMITS } from './limits.ts';

const roomId = `r00${'0'.repeat(24)}`;
const userId = `u${'0'.repeat(26)}`;
const eventId = '0'.repeat(26);
const change = { roomId, cmid: 'c1' };

const GOOD: { [N in CommandName]: unknown[] } = {
  'room:create': [{ kind: 'public', name: 'a', cmid: 'c' }, { kind: 'private', name: 'a', cmid: 'c', attempt: 2 }, { kind: 'direct', userId, cmid: 'c' }],
  'room:join': [{ roomId }, { roomIds: [roomId] }],
  'room:leave': [change, { ...change, attempt: 0, after: { epoch: 1, seq: 0 } }],
  'room:update': [change, { ...change, name: 'n', topic: '' }],
  'room:list': [{ scope: 'mine' }, { scope: 'public', after: roomId, limit: 1 }],
  'room:members': [{ roomId }, { roomId, after: userId, limit: 1 }],
  'room:sync': [{ roomId, epoch: 1, after: 0 }],
  'room:history': [{ roomId }, { roomId, before: 5, limit: 1 }],
  'message:send': [{ ...change, body: 'b' }],
  'message:edit': [{ ...change, messageId: eventId, body: 'b' }],
  'message:delete': [{ ...change, messageId: eventId }],
  'member:add': [{ ...change, userId }],
  'member:remove': [{ ...change, userId }],
  'member:role': [{ ...change, userId, role: 'moderator' }],
  'user:get': [{ userIds: [userId] }],
  'presence:set': [{ status: 'online' }, { status: 'away' }],
  'presence:watch': [{ roomId }, { roomId, userIds: [] }, { roomId, userIds: [userId] }],
  'presence:unwatch': [{ roomId }],
  'typing:set': [{ roomId, typing: true }],
  'message:hide': [{ ...change, messageId: eventId, reason: 'r' }],
  'message:restore': [{ ...change, messageId: eventId }],
  'member:mute': [{ ...change, userId, forMs: null, reason: 'r' }, { ...change, userId, forMs: 60_000, reason: 'r' }],
  'member:unmute': [{ ...change, userId }],
  'member:ban': [{ ...change, userId, forMs: null, reason: 'r' }, { ...change, userId, forMs: 60_000, reason: 'r' }],
  'member:unban': [{ ...change, userId }],
  'room:sanctions': [{ roomId }, { roomId, after: userId, limit: 1 }],
  'sanction:list': [{}],
  'user:ban': [{ cmid: 'c', userId, forMs: null, reason: 'r' }],
  'user:unban': [{ cmid: 'c', userId }],
  'user:record': [{ userId }, { userId, roomId }],
  'session:refresh': [{}],
  'session:revoke': [{ cmid: 'c', what: { scope: 'this' } }, { cmid: 'c', userId, what: { scope: 'all' } }, { cmid: 'c', what: { scope: 'session', sessionId: 's' } }, { cmid: 'c', what: { scope: 'device', deviceId: 'd1234567' } }],
  'report:create': [{ cmid: 'c', roomId, subject: { messageId: eventId }, category: 'spam' }, { cmid: 'c', roomId, subject: { userId }, category: 'other', remark: 'a\nb' }],
  'report:list': [{}, { status: 'closed', roomId, after: eventId, limit: 1 }],
  'report:get': [{ caseId: eventId }],
  'report:claim': [{ caseId: eventId }],
  'report:release': [{ caseId: eventId }],
  'report:decide': [{ caseId: eventId, decision: 'upheld' }, { caseId: eventId, decision: 'dismissed', remark: 'r' }],
  'audit:list': [{}, { roomId, by: userId, userId, act: 'member.banned', text: 't', from: 1, until: 2, before: 'x', limit: 1 }],
  'rule:list': [{}],
  'rule:save': [{ version: 0, rules: [] }, { version: 3, rules: [{ id: 'a', kind: 'words', action: 'reject', reason: 'r', words: ['w'] }, { id: 'b', kind: 'flood', action: 'hide', reason: 'r', count: 3, perMs: 1_000 }] }],
};
const BAD: { [N in CommandName]: unknown[] } = {
  'room:create': [{ kind: 'direct', name: 'a', cmid: 'c' }, { kind: 'public', cmid: 'c' }, { kind: 'secret', name: 'a', cmid: 'c' }, { kind: 'public', name: 'x'.repeat(LIMITS.roomNameLength + 1), cmid: 'c' }],
  'room:join': [{}, { roomIds: [] }, { roomIds: Array(LIMITS.joinRooms + 1).fill(roomId) }, { roomId: [roomId] }],
  'room:leave': [{ roomId }, { ...change, after: { epoch: 0, seq: 0 } }, { ...change, after: 3 }, { ...change, attempt: -1 }],
  'room:update': [{ ...change, topic: 'x'.repeat(LIMITS.topicLength + 1) }, { ...change, name: ' ' }, { ...change, topic: 'a\u0007' }],
  'room:list': [{}, { scope: 'all' }, { scope: 'mine', limit: LIMITS.listPage + 1 }, { scope: 'mine', limit: 0 }],
  'room:members': [{ roomId, limit: LIMITS.membersPage + 1 }, { roomId, after: roomId }],
  'room:sync': [{ roomId, epoch: 1 }, { roomId, epoch: 1, after: -1 }, { roomId, epoch: 1, after: '0' }],
  'room:history': [{ roomId, limit: LIMITS.historyPage + 1 }, { roomId, before: -1 }, { roomId, limit: 1.5 }],
  'message:send': [{ ...change }, { ...change, body: ' \n ' }, { ...change, body: 'x'.repeat(LIMITS.bodyBytes + 1) }, { ...change, body: ['b'] }],
  'message:edit': [{ ...change, body: 'b' }, { ...change, messageId: eventId, body: '' }],
  'message:delete': [{ ...change }, { ...change, messageId: 'x' }],
  'member:add': [{ ...change }, { ...change, userId: 'x' }],
  'member:remove': [{ ...change }, { ...change, userId: null }],
  'member:role': [{ ...change, userId }, { ...change, userId, role: 'king' }],
  'user:get': [{ userIds: [] }, { userIds: Array(LIMITS.getUsers + 1).fill(userId) }],
  'presence:set': [{}, { status: 'offline' }, { status: 'unknown' }],
  'presence:watch': [{ userIds: [] }, { roomId, userIds: Array(LIMITS.presenceWindow + 1).fill(userId) }, { roomId, userIds: [roomId] }],
  'presence:unwatch': [{}, { roomId: userId }],
  'typing:set': [{ roomId }, { roomId, typing: 1 }],
  'message:hide': [{ ...change, messageId: eventId }, { ...change, messageId: eventId, reason: ' ' }, { ...change, messageId: eventId, reason: 'x'.repeat(LIMITS.reasonLength + 1) }],
  'message:restore': [{ ...change }],
  'member:mute': [{ ...change, userId, reason: 'r' }, { ...change, userId, forMs: 0, reason: 'r' }, { ...change, userId, forMs: LIMITS.sanctionMs + 1, reason: 'r' }],
  'member:unmute': [{ ...change }],
  'member:ban': [{ ...change, userId, forMs: 60_000 }, { ...change, userId, forMs: 1.5, reason: 'r' }],
  'member:unban': [{ ...change }],
  'room:sanctions': [{ roomId, limit: LIMITS.membersPage + 1 }],
  'sanction:list': [],
  'user:ban': [{ userId, forMs: null, reason: 'r' }],
  'user:unban': [{ userId }],
  'user:record': [{ roomId }],
  'session:refresh': [],
  'session:revoke': [{ cmid: 'c', what: { scope: 'some' } }, { cmid: 'c', what: { scope: 'session' } }, { cmid: 'c', what: { scope: 'device', deviceId: 'short' } }],
  'report:create': [{ cmid: 'c', roomId, subject: {}, category: 'spam' }, { cmid: 'c', roomId, subject: { userId }, category: 'boring' }, { cmid: 'c', roomId, subject: { userId }, category: 'spam', remark: 'x'.repeat(LIMITS.remarkLength + 1) }],
  'report:list': [{ status: 'new' }, { limit: LIMITS.casesPage + 1 }],
  'report:get': [{ caseId: 'x' }],
  'report:claim': [{ caseId: 'x' }],
  'report:release': [{ caseId: 'x' }],
  'report:decide': [{ caseId: eventId }, { caseId: eventId, decision: 'maybe' }],
  'audit:list': [{ limit: LIMITS.auditPage + 1 }, { by: 'x' }],
  'rule:list': [],
  'rule:save': [{ version: 0 }, { version: 0, rules: [{ id: 'A', kind: 'words', action: 'reject', reason: 'r', words: ['w'] }] }, { version: 0, rules: [{ id: 'a', kind: 'words', action: 'reject', reason: 'r', words: [] }] }, { version: 0, rules: [{ id: 'a', kind: 'flood', action: 'hide', reason: 'r', count: 3, perMs: 1_000 }, { id: 'a', kind: 'flood', action: 'hide', reason: 'r', count: 3, perMs: 1_000 }] }],
};
const names = Object.keys(COMMANDS) as CommandName[];
/** May be asked with nothing said. */
const TAKES_NOTHING: ReadonlySet<CommandName> = new Set(['sanction:list', 'session:refresh', 'report:list', 'audit:list', 'rule:list']);

describe.each(names)('%s', (name) => {
  const { request } = COMMANDS[name];

  it('takes what is good', () => {
    expect(GOOD[name].filter((good) => !request.safeParse(good).success)).toEqual([]);
  });

  it('takes nothing else', () => {
    const empty = TAKES_NOTHING.has(name) ? [] : [{}];
    expect([...BAD[name], null, undefined, 7, 'text', [], ...empty].filter((bad) => request.safeParse(bad).success)).toEqual([]);
  });

  it('lets fields it does not know fall away', () => {
    for (const good of GOOD[name]) {
      const parsed = request.safeParse(JSON.parse(`{"__proto__":{"a":1},"extra":1,${JSON.stringify(good).slice(1)}`.replace(',}', '}')));
      expect(parsed.success && Object.keys(parsed.data)).not.toContain('extra');
      expect(parsed.success && Object.getPrototypeOf(parsed.data)).toBe(Object.prototype);
    }
  });

  it('is called what it is called', () => {
    expect(COMMANDS[name].name).toBe(name);
  });
});

describe('defaults', () => {
  it('are filled in where a page has a size', () => {
    expect(COMMANDS['room:history'].request.parse({ roomId })).toEqual({ roomId, limit: 50 });
    expect(COMMANDS['room:list'].request.parse({ scope: 'mine' })).toEqual({ scope: 'mine', limit: LIMITS.listPage });
    expect(COMMANDS['room:members'].request.parse({ roomId })).toEqual({ roomId, limit: LIMITS.membersPage });
  });
});

describe('an event of the log', () => {
  const envelope = { roomId, epoch: 1, seq: 1, id: eventId, by: userId, at: 0, cmid: 'c' };

  it('is told by its type', () => {
    const event = { ...envelope, type: 'message.created', data: { name: 'n', body: 'b' } };
    expect(roomEventSchema.parse(event)).toEqual(event as unknown as RoomEvent);
    expect(roomEventSchema.safeParse({ ...event, type: 'member.left' }).success).toBe(false);
    expect(roomEventSchema.safeParse({ ...event, type: 'unheard.of' }).success).toBe(false);
  });

  it('may come from the system', () => {
    expect(roomEventSchema.safeParse({ ...envelope, by: null, cmid: null, type: 'epoch.sealed', data: { reason: 'r' } }).success).toBe(true);
  });

  it.each(Object.keys(EVENT_DATA))('lacks nothing of its data: %s', (type) => {
    const needed = type !== 'room.updated';
    expect(roomEventSchema.safeParse({ ...envelope, type, data: {} }).success).toBe(!needed);
    expect(roomEventSchema.safeParse({ ...envelope, type }).success).toBe(false);
  });
});
