import { sql, type Kysely } from 'kysely';

/**
 * - `server_acts`: all that was done on the whole server. Rows are added and never changed: the trigger refuses anything else, to
 *   replication too. `body`: what the act says, as the port has it.
 * - `acts_in_force`: those of them that say what holds now: at most one of each (`user_id`, `kind`, `id`), until `ends`.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    sql`create table server_acts (serial bigint primary key, at bigint not null, by text, cmid text not null, body json not null)`,
    sql`create unique index server_acts_cmid on server_acts (coalesce(by, ''), cmid)`,
    sql`create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$`,
    sql`create trigger server_acts_append_only before update or delete or truncate on server_acts for each statement execute function refuse_change()`,
    sql`alter table server_acts enable always trigger server_acts_append_only`,
    sql`create table acts_in_force (
      user_id text not null, kind text not null, id text not null, serial bigint not null, ends bigint,
      primary key (user_id, kind, id))`,
    sql`create unique index acts_in_force_serial on acts_in_force (serial)`,
    sql`create index acts_in_force_ends on acts_in_force (ends) where ends is not null`,
  ];
  for (const statement of statements) await statement.execute(db);
};
