import type { Database } from '@parley/postgres';
import { foldMessages, type EventId, type MessageView, type RoomEvent, type RoomId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

type Row = MessageView & { roomId: RoomId };
/** What comes to a message that is in the table already. */
type Patch = { roomId: RoomId; id: EventId; body: string | null; editedAt: number | null; deletedAt: number | null };

const split = (events: readonly RoomEvent[]): { created: Row[]; patches: Patch[] } => {
  const created: Row[] = [];
  const patches: Patch[] = [];
  for (const [roomId, ofRoom] of Map.groupBy(events, (event) => event.roomId)) {
    const messages = foldMessages(new Map(), ofRoom);
    for (const message of messages.values()) created.push({ ...message, roomId });
    const known = new Map<EventId, Patch>();
    for (const event of ofRoom) {
      if ((event.type !== 'message.edited' && event.type !== 'message.deleted') || messages.has(event.data.messageId)) continue;
      const { messageId: id } = event.data;
      const before = known.get(id) ?? { roomId, id, body: null, editedAt: null, deletedAt: null };
      if (event.type === 'message.deleted') known.set(id, { ...before, body: null, deletedAt: event.at });
      else if (before.deletedAt === null) known.set(id, { ...before, body: event.data.body, editedAt: event.at });
    }
    patches.push(...known.values());
  }
  return { created, patches };
};

export const projectMessages = async (trx: Kysely<Database>, events: readonly RoomEvent[]): Promise<void> => {
  const { created, patches } = split(events);
  if (created.length > 0) {
    await sql`
      insert into messages (room_id, seq, id, by, name, at, body, cmid, edited_at, deleted_at)
      select * from unnest(${created.map((row) => row.roomId)}::text[], ${created.map((row) => row.seq)}::bigint[], ${created.map((row) => row.id)}::text[],
        ${created.map((row) => row.by)}::text[], ${created.map((row) => row.name)}::text[], ${created.map((row) => row.at)}::bigint[], ${created.map((row) => row.body)}::text[],
        ${created.map((row) => row.cmid)}::text[], ${created.map((row) => row.editedAt ?? null)}::bigint[], ${created.map((row) => row.deletedAt ?? null)}::bigint[])
      on conflict (room_id, seq) do nothing`.execute(trx);
  }
  if (patches.length > 0) {
    // As `foldMessages`: what was deleted stays so.
    await sql`
      update messages m set body = case when patch.deleted_at is null then patch.body end,
        edited_at = coalesce(patch.edited_at, m.edited_at), deleted_at = coalesce(patch.deleted_at, m.deleted_at)
      from unnest(${patches.map((patch) => patch.roomId)}::text[], ${patches.map((patch) => patch.id)}::text[], ${patches.map((patch) => patch.body)}::text[],
        ${patches.map((patch) => patch.editedAt)}::bigint[], ${patches.map((patch) => patch.deletedAt)}::bigint[]) as patch (room_id, id, body, edited_at, deleted_at)
      where m.room_id = patch.room_id and m.id = patch.id and m.deleted_at is null`.execute(trx);
  }
};
