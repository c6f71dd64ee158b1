import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageRestore: Handler<'message:restore'> = async (request, { user }, context) => {
  const { epoch, seq } = await submit(context, changeOf({ name: 'message:restore', messageId: request.messageId }, request, user));
  return { epoch, seq };
};
