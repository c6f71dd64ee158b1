import type { Database } from '@parley/postgres';
import { foldMessages, type EventId, type MessageView, type RoomEvent, type RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Row = MessageView & { roomId: RoomId; text: string | null };
/** What comes to a message that is in the table already. `null` where nothing does; `hides: false` is a restore. */
type Patch = { roomId: RoomId; id: EventId; body: string | null; editedAt: number | null; deletedAt: number | null; hides: boolean | null; hiddenAt: number | null; hiddenReason: string | null };

const patched = (patch: Patch, event: RoomEvent): Patch => {
  if (patch.deletedAt !== null) return patch;
  switch (event.type) {
    case 'message.edited': return { ...patch, body: event.data.body, editedAt: event.at };
    case 'message.deleted': return { ...patch, body: null, deletedAt: event.at, hides: false, hiddenAt: null, hiddenReason: null };
    case 'message.hidden': return { ...patch, hides: true, hiddenAt: event.at, hiddenReason: event.data.reason };
    case 'message.restored': return { ...patch, hides: false, hiddenAt: null, hiddenReason: null };
    default: return patch;
  }
};

const split = (events: readonly RoomEvent[]): { created: Row[]; patches: Patch[] } => {
  const created: Row[] = [];
  const patches: Patch[] = [];
  for (const [roomId, ofRoom] of Map.groupBy(events, (event) => event.roomId)) {
    const hidden = new Map<EventId, string>();
    const messages = foldMessages(new Map(), ofRoom, hidden);
    for (const message of messages.values()) created.push({ ...message, roomId, text: message.body ?? hidden.get(message.id) ?? null });
    const known = new Map<EventId, Patch>();
    for (const event of ofRoom) {
      if (!('messageId' in event.data) || messages.has(event.data.messageId)) continue;
      const { messageId: id } = event.data;
      known.set(id, patched(known.get(id) ?? { roomId, id, body: null, editedAt: null, deletedAt: null, hides: null, hiddenAt: null, hiddenReason: null }, event));
    }
    patches.push(...known.values());
  }
  return { created, patches };
};

export const projectMessages = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const { created, patches } = split(events);
  if (created.length > 0) {
    await sql`
      insert into messages (room_id, seq, id, by, name, at, body, cmid, edited_at, deleted_at, hidden_at, hidden_reason)
      select * from unnest(${created.map((row) => row.roomId)}::text[], ${created.map((row) => row.seq)}::bigint[], ${created.map((row) => row.id)}::text[],
        ${created.map((row) => row.by)}::text[], ${created.map((row) => row.name)}::text[], ${created.map((row) => row.at)}::bigint[], ${created.map((row) => row.text)}::text[],
        ${created.map((row) => row.cmid)}::text[], ${created.map((row) => row.editedAt ?? null)}::bigint[], ${created.map((row) => row.deletedAt ?? null)}::bigint[],
        ${created.map((row) => row.hidden?.at ?? null)}::bigint[], ${created.map((row) => row.hidden?.reason ?? null)}::text[])
      on conflict (room_id, seq) do nothing`.execute(trx);
  }
  if (patches.length > 0) {
    // As `foldMessages`: what was deleted stays so.
    await sql`
      update messages m set body = case when patch.deleted_at is not null then null when patch.edited_at is not null then patch.body else m.body end,
        edited_at = coalesce(patch.edited_at, m.edited_at), deleted_at = coalesce(patch.deleted_at, m.deleted_at),
        hidden_at = case when patch.hides is null then m.hidden_at else patch.hidden_at end,
        hidden_reason = case when patch.hides is null then m.hidden_reason else patch.hidden_reason end
      from unnest(${patches.map((patch) => patch.roomId)}::text[], ${patches.map((patch) => patch.id)}::text[], ${patches.map((patch) => patch.body)}::text[],
        ${patches.map((patch) => patch.editedAt)}::bigint[], ${patches.map((patch) => patch.deletedAt)}::bigint[], ${patches.map((patch) => patch.hides)}::boolean[],
        ${patches.map((patch) => patch.hiddenAt)}::bigint[], ${patches.map((patch) => patch.hiddenReason)}::text[])
        as patch (room_id, id, body, edited_at, deleted_at, hides, hidden_at, hidden_reason)
      where m.room_id = patch.room_id and m.id = patch.id and m.deleted_at is null`.execute(trx);
  }
};
