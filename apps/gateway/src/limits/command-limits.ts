import type { CommandName, CommandRequest } from '@parley/protocol';
import type { LimitName, Take } from '@parley/domain';

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
  'presence:watch': 'user_signals',
  'presence:unwatch': 'user_signals',
  'typing:set': 'user_signals',
};

/** A join counts each room it names: a resume of a hundred is a hundred. */
const costOf = (request: CommandRequest<CommandName>): number => ('roomIds' in request ? request.roomIds.length : 1);

export const takesOf = (name: CommandName, request: CommandRequest<CommandName>, userId: string): Take[] => {
  const limit = LIMIT_OF[name];
  const user: Take = { limit, key: userId, cost: costOf(request) };
  return limit === 'user_sends' && 'roomId' in request ? [user, { limit: 'room_changes', key: request.roomId }] : [user];
};
