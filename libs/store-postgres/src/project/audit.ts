import type { Database } from '@parley/postgres';
import type { RoomEvent } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type What = { userId?: string | null; messageId?: string; reason?: string | undefined; detail?: string; until?: number | null };

const pairs = (values: Record<string, unknown>): string =>
  Object.entries(values).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${String(value)}`).join(' ');

/** What of an event belongs into the audit log; `null`: nothing. Whether a message was deleted by another than its author is told by the table of messages. */
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

/** After the messages: the author of one is whom an act on it is against. Rows are only added, so a rebuild adds what is missing and doubles nothing. */
export const projectAudit = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const acts = events.flatMap((event) => {
    const what = whatOf(event);
    return what ? [{ event, what }] : [];
  });
  if (acts.length === 0) return;
  await sql`
    insert into audit (id, at, act, by, room_id, user_id, message_id, reason, detail, until)
    select e.id, e.at, e.act, e.by, e.room_id, coalesce(e.user_id, m.by), e.message_id, e.reason, e.detail, e.until
    from unnest(${acts.map(({ event }) => event.id)}::text[], ${acts.map(({ event }) => event.at)}::bigint[], ${acts.map(({ event }) => event.type)}::text[],
      ${acts.map(({ event }) => event.by)}::text[], ${acts.map(({ event }) => event.roomId)}::text[], ${acts.map(({ what }) => what.userId ?? null)}::text[],
      ${acts.map(({ what }) => what.messageId ?? null)}::text[], ${acts.map(({ what }) => what.reason ?? '')}::text[], ${acts.map(({ what }) => what.detail ?? '')}::text[],
      ${acts.map(({ what }) => what.until ?? null)}::bigint[]) as e (id, at, act, by, room_id, user_id, message_id, reason, detail, until)
    left join messages m on m.room_id = e.room_id and m.id = e.message_id
    where e.act <> 'message.deleted' or m.by <> e.by or (m.by is not null and e.by is null)
    on conflict (id) do nothing`.execute(trx);
};
