import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { checkRules, describeProblem } from '@parley/content-rules';
import { StoreUnavailable } from '@parley/domain';
import { ProtocolError } from '@parley/protocol';
import { inSlices } from '../rules/in-slices.ts';
import type { Context, Handler } from './context.ts';
import { requireAdmin } from './permits.ts';

/** How long the answer waits at most for what was saved to hold on this gateway. */
const LEARN_MS = 1_000;

/** What was saved is known of on this gateway at once; if the store has gone away since, a moment later. */
const learn = async ({ standing, rules }: Context): Promise<void> => {
  try {
    await standing.catchUp();
  } catch (error) {
    if (error instanceof StoreUnavailable) return;
    throw error;
  }
  await Promise.race([rules.follow(), sleep(LEARN_MS, undefined, { ref: false })]);
};

export const ruleSave: Handler<'rule:save'> = async ({ version, rules }, caller, context) => {
  requireAdmin(caller);
  const { moderation, ruleChecks } = context;
  const problems = await ruleChecks.through(() => inSlices(checkRules(rules)));
  if (problems.length > 0) throw new ProtocolError('bad_request', describeProblem(problems[0]!), { problems });
  const saved = await moderation.saveRules(version, rules, caller.user.id);
  if (saved === null) {
    const now = await moderation.rules();
    // The answer to the first try was lost: it is as it was to be.
    if (now.version === version + 1 && isDeepStrictEqual(now.rules, rules)) return { version: now.version };
    throw new ProtocolError('conflict', `the rules are of version ${now.version}`);
  }
  await learn(context);
  return { version: saved };
};
