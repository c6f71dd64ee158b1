import { requireMember } from './access.ts';
import type { Handler } from './context.ts';

export const roomMembers: Handler<'room:members'> = async (request, caller, context) => {
  await requireMember(context, caller, request.roomId);
  return context.store.members(request);
};
