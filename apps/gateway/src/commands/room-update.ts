import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const roomUpdate: Handler<'room:update'> = async (request, { user }, context) => {
  const { name: title, topic, slowModeMs, readOnly } = request;
  const { epoch, seq } = await submit(context, changeOf({ name: 'room:update', title, topic, slowModeMs, readOnly }, request, user));
  return { epoch, seq };
};
