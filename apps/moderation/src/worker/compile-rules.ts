import type { Rules } from '@parley/protocol';
import type { Compiled } from './rules-follower.ts';

/** Words alone, until the rules' library is here. */
export const compileRules = (rules: Rules): Compiled => ({ body }) => {
  const text = body.toLowerCase();
  return rules.flatMap((rule) => (rule.kind === 'words' && rule.action !== 'reject' && rule.words.some((word) => text.includes(word.toLowerCase())) ? [{ id: rule.id, action: rule.action, reason: rule.reason }] : []));
};
