import { NOBODY, type MessageTarget, type Standing, type TargetKeys, type Targets } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, Role, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** `what` tells which of the other columns are there. */
type Row =
  | { what: 'member'; id: UserId; role: Role }
  | { what: 'mute' | 'ban'; id: UserId; reason: string; until: number | null }
  | { what: 'said'; id: UserId; seq: number; at: number }
  | { what: 'message'; id: EventId; by: UserId; deleted: boolean; hidden: string | null };

/** One statement, and so one snapshot, for members and messages. */
export const findTargets = async (db: Kysely<Database>, roomId: RoomId, keys: TargetKeys): Promise<Targets> => {
  const members = new Map<UserId, Standing>(keys.members.map((id) => [id, NOBODY]));
  const messages = new Map<EventId, MessageTarget | null>(keys.messages.map((id) => [id, null]));
  if (members.size + messages.size === 0) return { members, messages };
  const { rows } = await sql<Row>`
    with asked as (select unnest(${keys.members}::text[]) as user_id)
    select 'member' as what, user_id as id, role, null as reason, null::bigint as until, null::bigint as seq, null::bigint as at, null as by, null::boolean as deleted, null as hidden
      from members join asked using (user_id) where room_id = ${roomId}
    union all
    select kind, user_id, null, reason, until, null, null, null, null, null from room_sanctions join asked using (user_id) where room_id = ${roomId}
    union all
    select 'said', user_id, null, null, null, seq, at, null, null, null from last_said join asked using (user_id) where room_id = ${roomId}
    union all
    select 'message', id, null, null, null, null, null, by, deleted_at is not null, case when hidden_at is not null then coalesce(hidden_reason, '') end
      from messages where room_id = ${roomId} and id = any(${keys.messages}::text[])`.execute(db);
  for (const row of rows) {
    if (row.what === 'message') {
      messages.set(row.id, { by: row.by, deleted: row.deleted, hidden: row.hidden });
      continue;
    }
    const known = members.get(row.id) ?? NOBODY;
    if (row.what === 'member') members.set(row.id, { ...known, role: row.role });
    else if (row.what === 'said') members.set(row.id, { ...known, said: { seq: row.seq, at: row.at } });
    else members.set(row.id, { ...known, [row.what]: { reason: row.reason, until: row.until } });
  }
  return { members, messages };
};
