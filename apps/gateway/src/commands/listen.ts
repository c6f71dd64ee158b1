import { ProtocolError, type RoomId } from '@parley/protocol';
import type { Caller, Context } from './context.ts';

/** How often a room may begin anew while a membership is asked for. */
const TRIES = 4;

/** The Socket.IO rooms of a socket that are none of ours: its own, and its user's. */
const OTHER_ROOMS = 2;

/** Throws `limit_reached` where the caller's socket would listen to one room too many. */
export const requirePlace = ({ socketRooms }: Context, { socket }: Caller, roomId: RoomId): void => {
  if (socket.rooms.size - OTHER_ROOMS < socketRooms || socket.rooms.has(roomId)) return;
  throw new ProtocolError('limit_reached', `one connection listens to at most ${socketRooms} rooms`);
};

/**
 * Lets the caller's socket listen to a room whose member it was, for certain, at `seq`. Answers how far the room is known
 * to reach: the socket gets everything after that. Throws `not_member` if the membership has ended since.
 */
export const listen = async (context: Context, caller: Caller, roomId: RoomId, seq: number): Promise<{ epoch: number; seq: number }> => {
  const { feeds, appenders } = context;
  const { socket, user } = caller;
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
    requirePlace(context, caller, roomId);
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
