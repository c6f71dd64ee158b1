import { ProtocolError, type CommandRequest, type EventId, type RoomEvent, type RoomId, type SanctionView, type ServerToClientEvents, type UserId, type UserView } from '@parley/protocol';
import type { Handlers } from './fake-gateway.ts';
import type { FakeModeration } from './fake-moderation.ts';
import type { FakeRoom } from './fake-room.ts';

type Gateway = {
  moderation: FakeModeration;
  rooms: ReadonlyMap<RoomId, FakeRoom>;
  did: (room: FakeRoom, event: RoomEvent) => { epoch: number; seq: number; id: EventId };
  emit: <N extends keyof ServerToClientEvents>(name: N, event: Parameters<ServerToClientEvents[N]>[0], userId?: UserId) => void;
  /** Their sockets hear nothing more of the room. */
  deafen: (userId: UserId, roomId: RoomId) => void;
  banUser: (userId: UserId, forMs: number | null, reason: string, by: UserView) => SanctionView;
  newToken: (user: UserView) => string;
};

/** The commands of moderation, as far as the web client needs them answered. */
export const moderationHandlers = ({ moderation, rooms, did, emit, deafen, banUser, newToken }: Gateway): Handlers => {
  const visible = (id: RoomId, user: UserView): FakeRoom => {
    const room = rooms.get(id);
    if (!room?.members.has(user.id)) throw new ProtocolError('room_not_found');
    return room;
  };
  const moderated = (id: RoomId, user: UserView): FakeRoom => {
    const room = rooms.get(id);
    if (!room) throw new ProtocolError('room_not_found');
    if (!moderation.moderates(room, user)) throw new ProtocolError('forbidden');
    return room;
  };
  const sanctioned = (room: FakeRoom, kind: 'mute' | 'ban', { userId, forMs, reason, cmid }: CommandRequest<'member:mute'>, by: UserView) => {
    const sanction = moderation.impose(kind, userId, room.id, forMs, reason, by);
    if (kind === 'ban') {
      room.members.delete(userId);
      emit('room:removed', { roomId: room.id, reason, ban: { until: sanction.until } }, userId);
      deafen(userId, room.id);
    }
    emit('sanction:changed', { roomId: room.id, kind, sanction }, userId);
    return { ...did(room, room.append(kind === 'mute' ? 'member.muted' : 'member.banned', { userId, until: sanction.until, reason }, { by, cmid })), until: sanction.until };
  };
  const lifted = (room: FakeRoom, kind: 'mute' | 'ban', { userId, cmid }: CommandRequest<'member:unmute'>, by: UserView) => {
    moderation.lift(kind, userId, room.id);
    emit('sanction:changed', { roomId: room.id, kind, sanction: null }, userId);
    return did(room, room.append(kind === 'mute' ? 'member.unmuted' : 'member.unbanned', { userId }, { by, cmid }));
  };
  return {
    'member:remove': ({ roomId, userId, reason, cmid }, user) => {
      const room = moderated(roomId, user);
      room.members.delete(userId);
      emit('room:removed', { roomId, ...(reason === undefined ? {} : { reason }) }, userId);
      return did(room, room.append('member.left', { userId, ...(reason === undefined ? {} : { reason }) }, { by: user, cmid }));
    },
    'message:hide': ({ roomId, messageId, reason, cmid }, user) => {
      const room = moderated(roomId, user);
      moderation.log({ act: 'message.hidden', by: user.id, roomId, messageId, userId: room.message(messageId)?.by ?? null, reason });
      return did(room, room.append('message.hidden', { messageId, reason }, { by: user, cmid }));
    },
    'message:restore': ({ roomId, messageId, cmid }, user) => {
      const room = moderated(roomId, user);
      return did(room, room.append('message.restored', { messageId }, { by: user, cmid }));
    },
    'member:mute': (request, user) => sanctioned(moderated(request.roomId, user), 'mute', request, user),
    'member:ban': (request, user) => sanctioned(moderated(request.roomId, user), 'ban', request, user),
    'member:unmute': (request, user) => lifted(moderated(request.roomId, user), 'mute', request, user),
    'member:unban': (request, user) => lifted(moderated(request.roomId, user), 'ban', request, user),
    'room:sanctions': ({ roomId }, user) => ({ sanctions: moderation.inForce().filter((each) => each.roomId === moderated(roomId, user).id), next: null }),
    'sanction:list': (_, user) => ({ sanctions: moderation.inForce().filter(({ userId }) => userId === user.id) }),
    'user:ban': ({ userId, forMs, reason }, user) => ({ until: banUser(userId, forMs, reason, user).until }),
    'user:unban': ({ userId }) => {
      moderation.lift('ban', userId, null);
      return {};
    },
    'session:refresh': (_, user) => ({ token: newToken(user), expiresAt: Date.now() + 3_600_000 }),
    'report:create': ({ roomId, subject, category, remark = '' }, user) => {
      const room = visible(roomId, user);
      const about = 'userId' in subject ? { messageId: null, userId: subject.userId } : { messageId: subject.messageId, userId: room.message(subject.messageId)?.by ?? user.id };
      const reportId = moderation.report(room, about, user, category, remark);
      emit('report:changed', {});
      return { reportId };
    },
    'report:list': (request, user) => moderation.list(request, user),
    'report:get': ({ caseId }, user) => moderation.detail(caseId, user),
    'report:claim': ({ caseId }, user) => moderation.claim(caseId, user),
    'report:release': ({ caseId }, user) => moderation.change(caseId, user, { status: 'open', claimedBy: null, claimedUntil: null }),
    'report:decide': ({ caseId, decision }, user) => moderation.change(caseId, user, { status: 'closed', decision, decidedBy: user.id, decidedAt: Date.now() }),
    'audit:list': (request, user) => moderation.audit(request, user),
    'rule:list': (_, user) => {
      if (!moderation.admins.has(user.id)) throw new ProtocolError('forbidden');
      return moderation.rules;
    },
    'rule:save': ({ version, rules }) => {
      if (version !== moderation.rules.version) throw new ProtocolError('conflict');
      moderation.rules = { version: version + 1, rules };
      return { version: version + 1 };
    },
  };
};
