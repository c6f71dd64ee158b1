import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageHide: Handler<'message:hide'> = async (request, { user }, context) => {
  const { messageId, reason } = request;
  const { epoch, seq } = await submit(context, changeOf({ name: 'message:hide', messageId, reason }, request, user));
  return { epoch, seq };
};
