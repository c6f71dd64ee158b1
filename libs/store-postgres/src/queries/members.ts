import type { MembersQuery } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { MemberView, Role, UserId } from '@parley/protocol';
import type { Kysely } from 'kysely';

export const members = async (db: Kysely<Database>, { roomId, after, limit }: MembersQuery): Promise<{ members: MemberView[]; next: UserId | null }> => {
  const rows = await db.selectFrom('members').select(['user_id', 'name', 'role'])
    .where('room_id', '=', roomId).where('user_id', '>', after ?? '').orderBy('user_id').limit(limit + 1).execute();
  const page = rows.slice(0, limit).map((row): MemberView => ({ userId: row.user_id as UserId, name: row.name, role: row.role as Role }));
  return { members: page, next: rows.length > limit ? page.at(-1)?.userId ?? null : null };
};
