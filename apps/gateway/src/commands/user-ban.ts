import { ProtocolError } from '@parley/protocol';
import type { Handler } from './context.ts';
import { requireAdmin } from './permits.ts';
import { findUser } from './user-get.ts';

export const userBan: Handler<'user:ban'> = async ({ cmid, userId, forMs, reason }, caller, context) => {
  const { standing } = context;
  requireAdmin(caller);
  if (userId === caller.user.id) throw new ProtocolError('forbidden', 'nobody bans themselves');
  await findUser(context, userId);
  // Whoever was made an admin a moment ago, by way of another gateway, is one.
  await standing.catchUp();
  if (standing.isAdmin(userId)) throw new ProtocolError('forbidden', 'an admin cannot be banned');
  if (!standing.banOf(userId)) standing.requireRoomForBan();
  const act = await standing.act({ act: 'user.banned', userId, until: forMs === null ? null : Date.now() + forMs, reason, by: caller.user.id, cmid });
  return { until: act.act === 'user.banned' ? act.until : null };
};
