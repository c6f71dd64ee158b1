import { ProtocolError } from '@parley/protocol';
import { caseFor, isAdmin } from './permits.ts';
import type { Handler } from './context.ts';

export const reportGet: Handler<'report:get'> = async ({ caseId }, caller, context) => {
  const { case: { userId, roomId } } = await caseFor(context, caller, 'report:get', caseId);
  const at = Date.now();
  const [detail, record] = await Promise.all([
    context.moderation.caseDetail(caseId, at),
    context.moderation.record(userId, isAdmin(caller) ? null : roomId, at),
  ]);
  if (!detail) throw new ProtocolError('case_not_found');
  return { ...detail, record };
};
