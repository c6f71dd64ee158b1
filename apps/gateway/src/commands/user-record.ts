import { ProtocolError } from '@parley/protocol';
import { requireAdmin, requirePermit } from './permits.ts';
import type { Handler } from './context.ts';

export const userRecord: Handler<'user:record'> = async ({ userId, roomId }, caller, context) => {
  if (roomId === undefined) requireAdmin(caller);
  else await requirePermit(context, caller, 'user:record', roomId);
  // It would tell that somebody has reported them.
  if (userId === caller.user.id) throw new ProtocolError('forbidden', 'not one\'s own');
  const record = await context.moderation.record(userId, roomId ?? null, Date.now());
  if (!record) throw new ProtocolError('user_not_found');
  return { record };
};
