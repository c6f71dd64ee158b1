import { caseAfter } from './case-outcome.ts';
import { caseFor, tellModerators } from './permits.ts';
import type { Handler } from './context.ts';

export const reportDecide: Handler<'report:decide'> = async ({ caseId, decision, remark = '' }, caller, context) => {
  const { case: { userId }, state } = await caseFor(context, caller, 'report:decide', caseId);
  const changed = caseAfter(await context.moderation.decide(caseId, decision, caller.user.id, Date.now(), remark));
  tellModerators(context, state, userId);
  return { case: changed };
};
