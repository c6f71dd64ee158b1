import { ProtocolError, type RoomId } from '@parley/protocol';
import type { Caller, Context } from './context.ts';

/**
 * Lets the caller's socket listen to a room whose member it was, for certain, at `seq`. Answers how far the room is known
 * to reach: the socket gets everything after that. Throws `not_member` if the membership has ended since.
 */
export const listen = async ({ feeds, appenders }: Context, { socket, user }: Caller, roomId: RoomId, seq: number): Promise<{ epoch: number; seq: number }> => {
  const { feed, release } = await feeds.hold(roomId);
  try {
    let sureAt = seq;
    if (feed.startedAt > sureAt) {
      // A leave between the two would have passed before the feed looked.
      const found = await appenders.membership(roomId, user.id);
      if (!found?.role) throw new ProtocolError('not_member');
      sureAt = found.state.seq;
    }
    // Nothing is awaited from here to the join.
    if (feed.leftSince(user.id, sureAt)) throw new ProtocolError('not_member');
    if (socket.connected) void socket.join(roomId);
    return { epoch: feed.epoch, seq: Math.max(feed.seq, seq) };
  } finally {
    release();
  }
};
