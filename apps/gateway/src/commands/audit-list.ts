import { requireAdmin, requirePermit } from './permits.ts';
import type { Handler } from './context.ts';

export const auditList: Handler<'audit:list'> = async (request, caller, context) => {
  if (request.roomId === undefined) requireAdmin(caller);
  else await requirePermit(context, caller, 'audit:list', request.roomId);
  return context.moderation.audit(request);
};
