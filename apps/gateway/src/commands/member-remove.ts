import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const memberRemove: Handler<'member:remove'> = async (request, { user }, context) => {
  const { epoch, seq } = await submit(context, changeOf({ name: 'member:remove', userId: request.userId, reason: request.reason }, request, user));
  return { epoch, seq };
};
