import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageEdit: Handler<'message:edit'> = async (request, { user }, context) => {
  const { epoch, seq, id } = await submit(context, changeOf({ name: 'message:edit', messageId: request.messageId, body: request.body }, request, user));
  return { epoch, seq, id };
};
