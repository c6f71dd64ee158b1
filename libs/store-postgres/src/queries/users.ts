import type { Database } from '@parley/postgres';
import type { UserId, UserView } from '@parley/protocol';
import type { Kysely } from 'kysely';

export const createUser = async (db: Kysely<Database>, user: UserView): Promise<void> => {
  await db.insertInto('users').values({ id: user.id, name: user.name }).onConflict((conflict) => conflict.column('id').doNothing()).execute();
};

export const findUsers = async (db: Kysely<Database>, ids: readonly UserId[]): Promise<UserView[]> => {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('users').select(['id', 'name']).where('id', 'in', ids).execute();
  return rows.map((row) => ({ id: row.id as UserId, name: row.name }));
};
