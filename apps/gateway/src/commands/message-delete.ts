import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageDelete: Handler<'message:delete'> = async (request, { user }, context) => {
  const { epoch, seq, id } = await submit(context, changeOf({ name: 'message:delete', messageId: request.messageId, reason: request.reason }, request, user));
  return { epoch, seq, id };
};
