import { sql, type Kysely } from 'kysely';

/** When each user was last there, milliseconds since 1970. Apart from `users`: it changes all the time, and they do not. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create table last_seen (user_id text primary key, at bigint not null) with (fillfactor = 70)`.execute(db);
};
