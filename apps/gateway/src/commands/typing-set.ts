import { requireListening } from './access.ts';
import type { Handler } from './context.ts';

export const typingSet: Handler<'typing:set'> = async ({ roomId, typing }, caller, context) => {
  await requireListening(context, caller, roomId);
  context.typing.set(caller.user, roomId, typing);
  return {};
};
