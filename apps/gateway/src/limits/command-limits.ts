import type { CommandName, CommandRequest, RoomId } from '@parley/protocol';
import type { LimitName, Take } from '@parley/domain';
import type { Caller } from '../commands/context.ts';

type UserLimit = Extract<LimitName, `user_${string}`>;

/** What each command takes of its sender's buckets; those that change a room take of the room's too. */
const LIMIT_OF: { readonly [N in CommandName]: UserLimit } = {
  'room:create': 'user_sends',
  'room:join': 'user_joins',
  'room:leave': 'user_sends',
  'room:update': 'user_sends',
  'room:list': 'user_reads',
  'room:members': 'user_reads',
  'room:sync': 'user_reads',
  'room:history': 'user_reads',
  'message:send': 'user_sends',
  'message:edit': 'user_sends',
  'message:delete': 'user_sends',
  'member:add': 'user_sends',
  'member:remove': 'user_sends',
  'member:role': 'user_sends',
  'user:get': 'user_reads',
  'presence:set': 'user_signals',
  'presence:watch': 'user_reads',
  'presence:unwatch': 'user_signals',
  'typing:set': 'user_signals',
  'message:hide': 'user_sends',
  'message:restore': 'user_sends',
  'member:mute': 'user_sends',
  'member:unmute': 'user_sends',
  'member:ban': 'user_sends',
  'member:unban': 'user_sends',
  'room:sanctions': 'user_reads',
  'sanction:list': 'user_reads',
  'user:ban': 'user_sends',
  'user:unban': 'user_sends',
  'user:record': 'user_reads',
  'session:refresh': 'user_sends',
  'session:revoke': 'user_sends',
  'report:create': 'user_reports',
  'report:list': 'user_reads',
  'report:get': 'user_reads',
  'report:claim': 'user_sends',
  'report:release': 'user_sends',
  'report:decide': 'user_sends',
  'audit:list': 'user_reads',
  'rule:list': 'user_reads',
  'rule:save': 'user_sends',
};

/** A join counts each room it names: a resume of a hundred is a hundred. */
const costOf = (request: CommandRequest<CommandName>): number => ('roomIds' in request ? request.roomIds.length : 1);

/** Who does not listen to a room may be a stranger to it: what they all try comes out of a bucket of its own, and leaves the members' alone. */
const bucketOf = (roomId: RoomId, listens: boolean): string => (listens ? roomId : `${roomId}:unheard`);

export const takesOf = (name: CommandName, request: CommandRequest<CommandName>, { user, socket }: Caller): Take[] => {
  const limit = LIMIT_OF[name];
  const own: Take = { limit, key: user.id, cost: costOf(request) };
  if (limit !== 'user_sends' || !('roomId' in request && 'cmid' in request)) return [own];
  return [own, { limit: 'room_changes', key: bucketOf(request.roomId, socket.rooms.has(request.roomId)) }];
};
