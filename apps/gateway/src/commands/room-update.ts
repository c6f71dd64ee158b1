import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const roomUpdate: Handler<'room:update'> = async (request, { user }, context) => {
  const { epoch, seq } = await submit(context, changeOf({ name: 'room:update', title: request.name, topic: request.topic }, request, user));
  return { epoch, seq };
};
