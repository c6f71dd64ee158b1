import { sql, type Kysely } from 'kysely';

/**
 * - `cases`: one message, or one user in one room, that was reported, until somebody decides. At most one open case of each.
 * - `reports`: what each reporter said, once per case; `cmid` makes a report that is sent again the same for good. `by` null: the server.
 * - `audit`: who did what to whom. Rows are added and never changed: the trigger refuses anything else, to replication too.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    sql`create table cases (
      id text primary key, room_id text not null, message_id text, user_id text not null,
      opened_at bigint not null, last_report_at bigint not null, reports integer not null, categories text[] not null,
      claimed_by text, claimed_until bigint, decision text, decided_by text, decided_at bigint, remark text)`,
    sql`create unique index cases_undecided on cases (room_id, user_id, coalesce(message_id, '')) where decided_at is null`,
    sql`create index cases_queue on cases (id) where decided_at is null`,
    sql`create index cases_room on cases (room_id, id)`,
    sql`create index cases_user on cases (user_id)`,
    sql`create table reports (
      id text primary key, case_id text not null references cases, by text, cmid text, category text not null, remark text not null, at bigint not null)`,
    sql`create unique index reports_case on reports (case_id, coalesce(by, ''))`,
    sql`create unique index reports_cmid on reports (coalesce(by, ''), cmid)`,
    sql`create table audit (
      id text primary key, at bigint not null, act text not null, by text, room_id text, user_id text, message_id text,
      reason text not null, detail text not null, until bigint)`,
    sql`create index audit_at on audit (at, id)`,
    sql`create index audit_room on audit (room_id, at, id) where room_id is not null`,
    sql`create index audit_by on audit (by, at, id) where by is not null`,
    sql`create index audit_user on audit (user_id, at, id) where user_id is not null`,
    sql`create index audit_act on audit (act, at, id)`,
    sql`create index audit_words on audit using gin (to_tsvector('simple', reason))`,
    sql`create trigger audit_append_only before update or delete or truncate on audit for each statement execute function refuse_change()`,
    sql`alter table audit enable always trigger audit_append_only`,
  ];
  for (const statement of statements) await statement.execute(db);
};
