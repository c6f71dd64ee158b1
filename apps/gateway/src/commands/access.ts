import { ProtocolError, type RoomId } from '@parley/protocol';
import type { Caller, Context } from './context.ts';

/**
 * Throws unless the caller is a member. A socket that listens is one's: it stops listening the moment its user is no longer
 * a member, as long as the room is live here. Any other is looked up in the log.
 */
export const requireMember = async ({ appenders, feeds }: Context, { socket, user }: Caller, roomId: RoomId): Promise<void> => {
  if (socket.rooms.has(roomId) && feeds.get(roomId)?.live) return;
  const found = await appenders.membership(roomId, user.id);
  if (!found) throw new ProtocolError('room_not_found');
  // A private room does not tell strangers that it exists.
  if (!found.role) throw new ProtocolError(found.state.kind === 'public' ? 'not_member' : 'room_not_found');
};
