import type { MessageTarget, TargetKeys, Targets } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { EventId, Role, RoomId, UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

/** One statement, and so one snapshot, for members and messages. */
export const findTargets = async (db: Kysely<Database>, roomId: RoomId, keys: TargetKeys): Promise<Targets> => {
  const members = new Map<UserId, Role | null>(keys.members.map((id) => [id, null]));
  const messages = new Map<EventId, MessageTarget | null>(keys.messages.map((id) => [id, null]));
  if (members.size + messages.size === 0) return { members, messages };
  const { rows } = await sql<{ user_id: UserId | null; role: Role | null; id: EventId | null; by: UserId | null; deleted: boolean | null }>`
    select user_id, role, null as id, null as by, null::boolean as deleted
      from members where room_id = ${roomId} and user_id = any(${keys.members}::text[])
    union all
    select null, null, id, by, deleted_at is not null
      from messages where room_id = ${roomId} and id = any(${keys.messages}::text[])`.execute(db);
  for (const row of rows) {
    if (row.user_id) members.set(row.user_id, row.role);
    else if (row.id && row.by) messages.set(row.id, { by: row.by, deleted: row.deleted === true });
  }
  return { members, messages };
};
