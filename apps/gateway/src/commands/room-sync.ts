import { requireMember } from './access.ts';
import type { Handler } from './context.ts';

export const roomSync: Handler<'room:sync'> = async ({ roomId, epoch, after }, caller, context) => {
  await requireMember(context, caller, roomId);
  const { feed, release } = await context.feeds.hold(roomId);
  try {
    return await feed.sync(epoch, after);
  } finally {
    release();
  }
};
