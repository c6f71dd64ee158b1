import { ProtocolError, type UserId } from '@parley/protocol';
import type { Actor } from '@parley/domain';
import type { Context, Handler } from './context.ts';

export const userGet: Handler<'user:get'> = async ({ userIds }, _caller, { store }) => ({ users: await store.findUsers(userIds) });

/** Throws `user_not_found`. */
export const findUser = async ({ store }: Context, userId: UserId): Promise<Actor> => {
  const [user] = await store.findUsers([userId]);
  if (!user) throw new ProtocolError('user_not_found');
  return user;
};
