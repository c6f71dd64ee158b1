import { sql, type Kysely } from 'kysely';

/**
 * - `log_entries`: the archive of every entry of every room, and in standalone the log itself. `json`, not `jsonb`: kept as it came.
 * - `log_heads`, `log_cursors`: only of the Postgres log: what compare-and-set decides on; and its consumers: everything up to `position`
 *   is settled, and of what was delivered above it, up to `delivered`, `unsettled` is not: `[position, attempts]`, ascending.
 * - `watermarks`: how far each room's log was taken in, with the state there; `trimmed`: what lies below is gone from the log.
 * - `cmids`: what each command led to; first wins.
 * - `rooms`, `members`, `messages`: projections, which can be rebuilt from `log_entries`.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    sql`create table log_entries (
      room_id text not null, epoch bigint not null, first_seq bigint not null, last_seq bigint not null,
      log_id text not null, position bigint not null, prev_id text, events json not null,
      stored_at timestamptz not null default now(),
      primary key (room_id, epoch, last_seq, position))`,
    sql`create table log_heads (
      room_id text not null, epoch bigint not null, shard text not null, position bigint not null,
      primary key (room_id, epoch)) with (fillfactor = 70)`,
    sql`create index log_heads_shard on log_heads (shard, room_id, epoch)`,
    sql`create table log_cursors (
      consumer text not null, room_id text not null, epoch bigint not null,
      position bigint not null, delivered bigint not null, unsettled jsonb not null,
      primary key (consumer, room_id, epoch)) with (fillfactor = 70)`,
    sql`create table watermarks (
      room_id text primary key, log_id text not null, epoch bigint not null, seq bigint not null,
      position bigint not null, last_id text not null, state jsonb not null,
      halted text, trimmed bigint not null default 0)`,
    sql`create table cmids (
      room_id text not null, by text not null, cmid text not null, epoch bigint not null, seq bigint not null, id text not null,
      primary key (room_id, by, cmid))`,
    sql`create table rooms (
      room_id text primary key, kind text not null, name text not null, topic text not null,
      created_at bigint not null, member_count bigint not null, pair jsonb)`,
    sql`create index rooms_public on rooms (room_id) where kind = 'public'`,
    sql`create table members (
      room_id text not null, user_id text not null, name text not null, role text not null, joined_seq bigint not null,
      primary key (room_id, user_id))`,
    sql`create index members_user on members (user_id, room_id)`,
    sql`create table messages (
      room_id text not null, seq bigint not null, id text not null, by text not null, name text not null, at bigint not null,
      body text, cmid text, edited_at bigint, deleted_at bigint,
      primary key (room_id, seq))`,
    sql`create unique index messages_id on messages (room_id, id)`,
    sql`create table users (id text primary key, name text not null, created_at timestamptz not null default now())`,
    sql`create table lost_events (
      room_id text not null, epoch bigint not null, seq bigint not null, id text not null, event jsonb,
      reason text not null, noticed_at timestamptz not null default now(),
      primary key (room_id, epoch, seq, id))`,
    sql`create table dead_letters (
      id text primary key, consumer text not null, source text not null, reason text not null, payload text not null, at bigint not null)`,
    // Who may append: one standalone process ('postgres:…'), or, for good once one has started, the logs of a cluster.
    sql`create table log_home (one boolean primary key default true check (one), log_id text not null, since timestamptz not null default now())`,
  ];
  for (const statement of statements) await statement.execute(db);
};
