import type { ModerationStore, ServerAct } from '@parley/domain';
import type { UserId } from '@parley/protocol';

const PAGE = 500;

export type ServerBan = Extract<ServerAct, { act: 'user.banned' }>;
export type InForce = { admins: Map<UserId, ServerAct>; bans: Map<UserId, ServerBan> };

/** Who is an admin, and who is banned from the server at present. */
export const actsInForce = async (moderation: ModerationStore): Promise<InForce> => {
  const admins: InForce['admins'] = new Map();
  const bans: InForce['bans'] = new Map();
  for (let after = 0; ;) {
    const { acts, more } = await moderation.inForce(after, PAGE);
    for (const act of acts) {
      if (act.act === 'user.made_admin') admins.set(act.userId, act);
      if (act.act === 'user.unmade_admin') admins.delete(act.userId);
      if (act.act === 'user.banned') bans.set(act.userId, act);
      if (act.act === 'user.unbanned') bans.delete(act.userId);
    }
    const last = acts.at(-1);
    if (!more || !last) break;
    after = last.serial;
  }
  return { admins, bans };
};
