import { sql, type Kysely } from 'kysely';

/**
 * Projections, as the tables they stand beside:
 * - `room_sanctions`: the last mute and the last ban of each user in each room; one that has run out stays until the next. `until` null: for good.
 * - `last_said`: of rooms in slow mode alone, the last message of each member since.
 * - a hidden message keeps its body.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    sql`create table room_sanctions (
      room_id text not null, user_id text not null, kind text not null, seq bigint not null,
      reason text not null, since bigint not null, until bigint, by text,
      primary key (room_id, user_id, kind))`,
    sql`create index room_sanctions_user on room_sanctions (user_id)`,
    sql`create table last_said (
      room_id text not null, user_id text not null, seq bigint not null, at bigint not null,
      primary key (room_id, user_id)) with (fillfactor = 70)`,
    sql`alter table messages add column hidden_at bigint, add column hidden_reason text`,
    sql`alter table rooms add column slow_mode_ms bigint not null default 0, add column read_only boolean not null default false`,
  ];
  for (const statement of statements) await statement.execute(db);
};
