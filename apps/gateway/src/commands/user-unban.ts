import type { Handler } from './context.ts';
import { requireAdmin } from './permits.ts';

export const userUnban: Handler<'user:unban'> = async ({ cmid, userId }, caller, { standing }) => {
  requireAdmin(caller);
  await standing.act({ act: 'user.unbanned', userId, by: caller.user.id, cmid });
  return {};
};
