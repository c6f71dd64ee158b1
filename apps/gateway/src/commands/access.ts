import type { Membership } from '@parley/appender';
import { inForce, wireSanction, type RoomState } from '@parley/domain';
import { ProtocolError, type Role, type RoomId } from '@parley/protocol';
import type { Caller, Context } from './context.ts';

/**
 * Throws unless the caller is a member. A socket that listens is one's: it stops listening the moment its user is no longer
 * a member, as long as the room is live here. Any other is looked up in the log.
 */
export const requireMember = async (context: Context, caller: Caller, roomId: RoomId): Promise<void> => {
  if (caller.socket.rooms.has(roomId) && context.feeds.get(roomId)?.live) return;
  await memberOf(context, caller, roomId);
};

/** Throws unless the caller's socket listens to the room: to a stranger what any other command tells them. */
export const requireListening = async (context: Context, caller: Caller, roomId: RoomId): Promise<void> => {
  if (caller.socket.rooms.has(roomId)) return;
  await memberOf(context, caller, roomId);
  throw new ProtocolError('not_member', 'this socket does not listen to the room');
};

/** The caller's role as the log has it, and the state there. Throws unless there is one. */
export const memberOf = async ({ appenders }: Context, { user }: Caller, roomId: RoomId): Promise<{ state: RoomState; role: Role }> => {
  const found = await appenders.membership(roomId, user.id);
  if (!found) throw new ProtocolError('room_not_found');
  const { state, role } = found;
  if (!role) throw strangerTo(found);
  return { state, role };
};

/** What somebody who is no member is told: a private room does not say that it exists, a public one tells those it keeps out why. */
export const strangerTo = ({ state, ban }: Membership): ProtocolError => {
  if (state.kind !== 'public') return new ProtocolError('room_not_found');
  return inForce(ban, Date.now()) ? new ProtocolError('banned', undefined, { sanction: wireSanction('ban', ban) }) : new ProtocolError('not_member');
};
