import { ProtocolError, type CommandRequest, type UserId } from '@parley/protocol';
import type { NewServerAct } from '@parley/domain';
import type { Caller, Handler } from './context.ts';
import { requireAdmin } from './permits.ts';

export const sessionRevoke: Handler<'session:revoke'> = async (request, caller, { standing }) => {
  const userId = request.userId ?? caller.user.id;
  const isOwn = userId === caller.user.id;
  if (!isOwn) requireAdmin(caller);
  // Of a session that was itself ended a moment ago, by way of another gateway, nothing is taken.
  await standing.catchUp();
  standing.require(caller.socket.data.session);
  // To end all replaces what was ended before.
  if (isOwn && request.what.scope !== 'all') standing.requireRoomForOwnRevocation(userId);
  await standing.act(actOf(request, userId, caller, standing.outlivedAt(isOwn ? caller.socket.data.session : null)));
  return {};
};

const actOf = ({ cmid, what }: CommandRequest<'session:revoke'>, userId: UserId, { user, socket }: Caller, until: number): NewServerAct => {
  const common = { userId, by: user.id, cmid, until };
  const { id } = socket.data.session;
  switch (what.scope) {
    case 'session': return { ...common, act: 'session.revoked', sessionId: what.sessionId };
    case 'device': return { ...common, act: 'device.revoked', deviceId: what.deviceId, before: Date.now() };
    case 'all': return { ...common, act: 'sessions.revoked', before: Date.now() };
    case 'this':
    case 'others':
      if (userId !== user.id) throw new ProtocolError('bad_request', 'what: of another user there is no session of this socket');
      return what.scope === 'this' ? { ...common, act: 'session.revoked', sessionId: id } : { ...common, act: 'sessions.revoked', before: Date.now(), except: id };
  }
};
