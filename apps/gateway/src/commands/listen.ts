import { ProtocolError, type RoomId } from '@parley/protocol';
import type { Caller, Context } from './context.ts';

/** How often a room may begin anew while a membership is asked for. */
const TRIES = 4;

/**
 * Lets the caller's socket listen to a room whose member it was, for certain, at `seq`. Answers how far the room is known
 * to reach: the socket gets everything after that. Throws `not_member` if the membership has ended since.
 */
export const listen = async ({ feeds, appenders }: Context, { socket, user }: Caller, roomId: RoomId, seq: number): Promise<{ epoch: number; seq: number }> => {
  const { feed, release } = await feeds.hold(roomId);
  try {
    let sureAt = seq;
    // A leave between the two would have passed before the feed looked; and while that is asked, it may have begun anew.
    for (let tries = 0; feed.startedAt > sureAt; tries += 1) {
      if (tries === TRIES) throw new ProtocolError('unavailable', 'the room does not come to rest');
      const found = await appenders.membership(roomId, user.id);
      if (!found?.role) throw new ProtocolError('not_member');
      sureAt = found.state.seq;
    }
    // Nothing is awaited from here to the join.
    if (feed.leftSince(user.id, sureAt)) throw new ProtocolError('not_member');
    if (socket.connected) {
      feed.admit(user.id, sureAt);
      void socket.join(roomId);
      if (!feed.live) socket.emit('room:live', { roomId, live: false });
    }
    return { epoch: feed.epoch, seq: Math.max(feed.seq, seq) };
  } finally {
    release();
  }
};
