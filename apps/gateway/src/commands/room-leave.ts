import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const roomLeave: Handler<'room:leave'> = async (request, { user }, context) => {
  const { epoch, seq } = await submit(context, changeOf({ name: 'room:leave' }, request, user));
  return { epoch, seq };
};
