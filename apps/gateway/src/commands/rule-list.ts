import type { Handler } from './context.ts';
import { requireAdmin } from './permits.ts';

/** As they are stored: what was saved a moment ago, by way of another gateway, is among them. */
export const ruleList: Handler<'rule:list'> = async (_request, caller, { moderation }) => {
  requireAdmin(caller);
  return moderation.rules();
};
