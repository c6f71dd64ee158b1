import type { Handler } from './context.ts';
import { announceJoins, changeOf, submit } from './submit.ts';
import { findUser } from './user-get.ts';

export const memberAdd: Handler<'member:add'> = async (request, caller, context) => {
  const user = await findUser(context, request.userId);
  const added = await submit(context, changeOf({ name: 'member:add', user }, request, caller.user));
  announceJoins(context, caller, added);
  return { epoch: added.epoch, seq: added.seq };
};
