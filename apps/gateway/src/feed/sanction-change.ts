import type { RoomEvent, ServerEvent, UserId } from '@parley/protocol';

/** What the user concerned is told of a mute or a ban, or of its end. Not by whom. */
export type SanctionChange = { userId: UserId; kind: 'mute' | 'ban'; payload: ServerEvent<'sanction:changed'> };

export const sanctionChangeOf = ({ type, data, roomId, at }: RoomEvent): SanctionChange | null => {
  switch (type) {
    case 'member.muted':
    case 'member.banned': {
      const kind = type === 'member.muted' ? 'mute' : 'ban';
      const { userId, reason, until } = data;
      return { userId, kind, payload: { roomId, kind, sanction: { kind, userId, roomId, reason, since: at, until } } };
    }
    case 'member.unmuted':
    case 'member.unbanned': {
      const kind = type === 'member.unmuted' ? 'mute' : 'ban';
      return { userId: data.userId, kind, payload: { roomId, kind, sanction: null } };
    }
    default:
      return null;
  }
};

/** Why a membership ended; a ban comes in the same entry, right after. Nothing of who left by themselves. */
export const whyRemoved = (left: Extract<RoomEvent, { type: 'member.left' }>, among: readonly RoomEvent[]): { reason?: string; ban?: { until: number | null } } => {
  const { userId, reason } = left.data;
  if (left.by === userId) return {};
  const ban = among.find((event) => event.type === 'member.banned' && event.seq === left.seq + 1 && event.data.userId === userId);
  if (ban?.type === 'member.banned') return { reason: ban.data.reason, ban: { until: ban.data.until } };
  return reason === undefined ? {} : { reason };
};
