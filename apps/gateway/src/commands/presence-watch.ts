import { requireListening } from './access.ts';
import type { Handler } from './context.ts';

export const presenceWatch: Handler<'presence:watch'> = async ({ roomId, userIds = [] }, caller, context) => {
  await requireListening(context, caller, roomId);
  return context.presence.watch(roomId, caller.socket.id, userIds);
};
