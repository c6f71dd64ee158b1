import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageSend: Handler<'message:send'> = async (request, { user }, context) => {
  const { epoch, seq, id } = await submit(context, changeOf({ name: 'message:send', body: request.body }, request, user));
  return { epoch, seq, id };
};
