import { sql, type Kysely } from 'kysely';

/** Every version of the rules that messages are held against, the highest in force. Rows are added and never changed. `json`, not `jsonb`: kept as it came. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    sql`create table rule_versions (version bigint primary key, rules json not null, by text, at timestamptz not null default now())`,
    sql`create trigger rule_versions_append_only before update or delete or truncate on rule_versions for each statement execute function refuse_change()`,
    sql`alter table rule_versions enable always trigger rule_versions_append_only`,
  ];
  for (const statement of statements) await statement.execute(db);
};
