import { caseAfter } from './case-outcome.ts';
import { caseFor, tellModerators } from './permits.ts';
import type { Handler } from './context.ts';

export const reportRelease: Handler<'report:release'> = async ({ caseId }, caller, context) => {
  const { case: { userId }, state } = await caseFor(context, caller, 'report:release', caseId);
  const changed = caseAfter(await context.moderation.release(caseId, caller.user.id, Date.now()));
  tellModerators(context, state, userId);
  return { case: changed };
};
