import type { RoomEvent, RoomView, UserId } from '@parley/protocol';

/** The room as `me` sees it, after one more event of its log. */
export const foldInfo = (info: RoomView, event: RoomEvent, me: UserId): RoomView => {
  switch (event.type) {
    case 'room.updated': {
      const { name = info.name, topic = info.topic, slowModeMs = info.slowModeMs, readOnly = info.readOnly } = event.data;
      return { ...info, name, topic, ...(slowModeMs === undefined ? {} : { slowModeMs }), ...(readOnly === undefined ? {} : { readOnly }) };
    }
    case 'member.role_changed': return event.data.userId === me ? { ...info, role: event.data.role } : info;
    case 'member.joined': return { ...info, memberCount: info.memberCount + 1 };
    case 'member.left': return { ...info, memberCount: info.memberCount - 1 };
    default: return info;
  }
};
