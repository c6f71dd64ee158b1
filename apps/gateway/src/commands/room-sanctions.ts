import type { Handler } from './context.ts';
import { requirePermit } from './permits.ts';

export const roomSanctions: Handler<'room:sanctions'> = async ({ roomId, after, limit }, caller, context) => {
  await requirePermit(context, caller, 'room:sanctions', roomId);
  return context.moderation.roomSanctions(roomId, after, limit);
};
