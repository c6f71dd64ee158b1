import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const memberRole: Handler<'member:role'> = async (request, { user }, context) => {
  const { epoch, seq } = await submit(context, changeOf({ name: 'member:role', userId: request.userId, role: request.role }, request, user));
  return { epoch, seq };
};
