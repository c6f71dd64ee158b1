import { newUserId } from '@parley/domain';
import type { CommandName } from '@parley/protocol';
import { cmid } from './rig.ts';

/** A good argument of every command, for a room and a message that are there. */
export const goodArguments = (roomId: string, messageId: string): Record<CommandName, Record<string, unknown>> => {
  const change = { roomId, cmid: cmid() };
  const userId = newUserId();
  return {
    'room:create': { kind: 'public', name: 'x', cmid: cmid() },
    'room:join': { roomId },
    'room:leave': change,
    'room:update': { ...change, name: 'x', topic: 'y' },
    'room:list': { scope: 'mine', limit: 10 },
    'room:members': { roomId, limit: 10 },
    'room:sync': { roomId, epoch: 1, after: 0 },
    'room:history': { roomId, before: 5, limit: 10 },
    'message:send': { ...change, body: 'x', attempt: 1, after: { epoch: 1, seq: 1 } },
    'message:edit': { ...change, messageId, body: 'x' },
    'message:delete': { ...change, messageId },
    'member:add': { ...change, userId },
    'member:remove': { ...change, userId },
    'member:role': { ...change, userId, role: 'member' },
    'user:get': { userIds: [userId] },
    'presence:set': { status: 'away' },
    'presence:watch': { roomId, userIds: [userId] },
    'presence:unwatch': { roomId },
    'typing:set': { roomId, typing: true },
    'message:hide': { ...change, messageId, reason: 'r' },
    'message:restore': { ...change, messageId },
    'member:mute': { ...change, userId, forMs: 60_000, reason: 'r' },
    'member:unmute': { ...change, userId },
    'member:ban': { ...change, userId, forMs: null, reason: 'r' },
    'member:unban': { ...change, userId },
    'room:sanctions': { roomId, limit: 10 },
    'sanction:list': {},
    'user:ban': { cmid: cmid(), userId, forMs: 60_000, reason: 'r' },
    'user:unban': { cmid: cmid(), userId },
    'user:record': { userId, roomId },
    'session:refresh': {},
    'session:revoke': { cmid: cmid(), what: { scope: 'others' } },
    'report:create': { cmid: cmid(), roomId, subject: { messageId }, category: 'spam', remark: 'r' },
    'report:list': { status: 'open', roomId, limit: 10 },
    'report:get': { caseId: messageId },
    'report:claim': { caseId: messageId },
    'report:release': { caseId: messageId },
    'report:decide': { caseId: messageId, decision: 'dismissed', remark: 'r' },
    'audit:list': { roomId, act: 'member.banned', text: 'x', limit: 10 },
    'rule:list': {},
    'rule:save': { version: 0, rules: [] },
  };
};
