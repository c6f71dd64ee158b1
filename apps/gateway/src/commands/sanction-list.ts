import type { Handler } from './context.ts';

/** Who imposed them is not told. */
export const sanctionList: Handler<'sanction:list'> = async (_request, { user }, { moderation, standing }) => {
  const inRooms = await moderation.sanctionsAgainst(user.id);
  const server = standing.banOf(user.id);
  return { sanctions: [...(server ? [server] : []), ...inRooms].map(({ kind, userId, roomId, reason, since, until }) => ({ kind, userId, roomId, reason, since, until })) };
};
