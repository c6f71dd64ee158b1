import { permit, type RoomState } from '@parley/domain';
import { ProtocolError, type CaseId, type CaseView, type CommandName, type RoomId, type UserId } from '@parley/protocol';
import { strangerTo } from './access.ts';
import type { Caller, Context } from './context.ts';

export const isAdmin = ({ user }: Caller): boolean => user.admin === true;

/** Throws unless the table of permissions lets the caller do this in the room. A stranger to it is told what any other command tells one. */
export const requirePermit = async ({ appenders }: Context, caller: Caller, name: CommandName, roomId: RoomId): Promise<RoomState> => {
  const found = await appenders.membership(roomId, caller.user.id);
  if (!found) throw new ProtocolError('room_not_found');
  const permitted = permit(name, found.state.kind, found.role, isAdmin(caller));
  if (!permitted.ok) throw permitted.code === 'not_member' ? strangerTo(found) : new ProtocolError(permitted.code);
  return found.state;
};

export const requireAdmin = (caller: Caller): void => {
  if (!isAdmin(caller)) throw new ProtocolError('forbidden', 'only for admins of the server');
};

type CaseCommand = Extract<CommandName, 'report:get' | 'report:claim' | 'report:release' | 'report:decide'>;

/** Throws `case_not_found` for a case there is not, one of a room the caller does not moderate, and one about the caller: they cannot be told apart. */
export const caseFor = async (context: Context, caller: Caller, name: CaseCommand, caseId: CaseId): Promise<{ case: CaseView; state: RoomState }> => {
  const found = await context.moderation.caseOf(caseId, Date.now());
  if (!found || found.userId === caller.user.id) throw new ProtocolError('case_not_found');
  const room = await context.appenders.membership(found.roomId, caller.user.id);
  if (!room || !permit(name, room.state.kind, room.role, isAdmin(caller)).ok) throw new ProtocolError('case_not_found');
  return { case: found, state: room.state };
};

/** Whoever has the room in their queue, but the one it is about. */
export const tellModerators = ({ reportHints, standing }: Context, { roles }: RoomState, about: UserId): void =>
  reportHints.tell([...new Set([...(Object.keys(roles) as UserId[]), ...standing.admins])].filter((userId) => userId !== about));
