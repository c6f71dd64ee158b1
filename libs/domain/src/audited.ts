import type { AuditEntry, RoomEvent, UserId } from '@parley/protocol';
import type { ServerAct } from './ports/moderation.ts';

type What = { userId?: UserId; messageId?: AuditEntry['messageId']; reason?: string | undefined; detail?: string; until?: number | null };

const pairs = (values: Record<string, unknown>): string =>
  Object.entries(values).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${String(value)}`).join(' ');

const whatOf = (event: RoomEvent): What | null => {
  switch (event.type) {
    case 'message.hidden':
    case 'message.deleted':
      return { messageId: event.data.messageId, reason: event.data.reason };
    case 'message.restored':
      return { messageId: event.data.messageId };
    case 'member.left':
      return event.by === event.data.userId ? null : { userId: event.data.userId, reason: event.data.reason };
    case 'member.muted':
    case 'member.banned':
      return { userId: event.data.userId, reason: event.data.reason, until: event.data.until };
    case 'member.unmuted':
    case 'member.unbanned':
      return { userId: event.data.userId };
    case 'member.role_changed':
      return { userId: event.data.userId, detail: pairs({ role: event.data.role }) };
    case 'room.updated': {
      const detail = pairs({ slowModeMs: event.data.slowModeMs, readOnly: event.data.readOnly });
      return detail === '' ? null : { detail };
    }
    default:
      return null;
  }
};

/** A room's event as a line of the audit log; `null`: it is none of moderation. Of an act on a message, `authorOf` tells whom it is against; deleting one's own is no such act. */
export const auditedOf = (event: RoomEvent, authorOf: (messageId: string) => UserId | null): AuditEntry | null => {
  const what = whatOf(event);
  if (!what) return null;
  const userId = what.userId ?? (what.messageId ? authorOf(what.messageId) : null);
  if (event.type === 'message.deleted' && (userId === null || userId === event.by)) return null;
  return {
    id: event.id, at: event.at, act: event.type, by: event.by, roomId: event.roomId, userId, messageId: what.messageId ?? null,
    reason: what.reason ?? '', detail: what.detail ?? '', until: what.until ?? null,
  };
};

/** The message whose author {@link auditedOf} will want. */
export const auditedMessageOf = (event: RoomEvent): string | null => whatOf(event)?.messageId ?? null;

/** An act on the server as a line of the audit log. */
export const auditedAct = (act: ServerAct): AuditEntry => ({
  id: `server-${act.serial}`, at: act.at, act: act.act, by: act.by, roomId: null, userId: 'userId' in act ? act.userId : null, messageId: null,
  reason: act.act === 'user.banned' ? act.reason : '', detail: detailOf(act), until: act.act === 'user.banned' ? act.until : null,
});

const detailOf = (act: ServerAct): string => {
  switch (act.act) {
    case 'sessions.revoked': return act.except === undefined ? 'all' : `all but ${act.except}`;
    case 'session.revoked': return act.sessionId;
    case 'device.revoked': return act.deviceId;
    case 'rules.changed': return `version ${act.version}`;
    default: return '';
  }
};
