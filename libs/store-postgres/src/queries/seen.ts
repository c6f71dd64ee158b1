import type { Seen } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';

export const noteSeen = async (db: Kysely<Database>, seen: readonly Seen[]): Promise<void> => {
  const latest = new Map<UserId, number>();
  for (const { userId, at } of seen) latest.set(userId, Math.max(at, latest.get(userId) ?? 0));
  if (latest.size === 0) return;
  // In one order, so that two writers never wait for each other.
  const rows = [...latest].map(([user_id, at]) => ({ user_id, at })).toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1));
  const [users, times] = [rows.map(({ user_id }) => user_id), rows.map(({ at }) => at)];
  await sql`insert into last_seen (user_id, at) select * from unnest(${users}::text[], ${times}::bigint[])
    on conflict (user_id) do update set at = excluded.at where excluded.at > last_seen.at`.execute(db);
};

export const lastSeen = async (db: Kysely<Database>, userIds: readonly UserId[]): Promise<Map<UserId, number>> => {
  if (userIds.length === 0) return new Map();
  const rows = await db.selectFrom('last_seen').select(['user_id', 'at']).where('user_id', 'in', userIds).execute();
  return new Map(rows.map(({ user_id, at }) => [user_id as UserId, at]));
};
