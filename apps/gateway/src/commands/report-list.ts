import type { CaseQuery } from '@parley/domain';
import { isAdmin, requirePermit } from './permits.ts';
import type { Handler } from './context.ts';

export const reportList: Handler<'report:list'> = async ({ roomId, status, after, limit }, caller, context) => {
  if (roomId !== undefined) await requirePermit(context, caller, 'report:list', roomId);
  const scope: CaseQuery['in'] = roomId !== undefined ? { roomId } : isAdmin(caller) ? 'all' : { moderatedBy: caller.user.id };
  return context.moderation.cases({ in: scope, notAbout: caller.user.id, status, at: Date.now(), after, limit });
};
