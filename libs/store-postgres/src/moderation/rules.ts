import { newCmid, type RuleBook } from '@parley/domain';
import { withTransaction, type Database } from '@parley/postgres';
import { rulesSchema, type Rules, type UserId } from '@parley/protocol';
import { sql, type Kysely } from 'kysely';
import { appendAct } from './server-acts.ts';

const newest = async (db: Kysely<Database>): Promise<{ version: number; rules: Rules }> => {
  const row = await db.selectFrom('rule_versions').select(['version', 'rules']).orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row ? { version: row.version, rules: rulesSchema.parse(row.rules) } : { version: 0, rules: [] };
};

/** Of two who save the same version at once, the second waits for the first's row, and adds none. */
const save = (db: Kysely<Database>, version: number, rules: Rules, by: UserId | null): Promise<number | null> =>
  withTransaction(db, async (trx) => {
    const { numAffectedRows } = await sql`
      insert into rule_versions (version, rules, by)
      select ${version + 1}::bigint, ${JSON.stringify(rules)}::json, ${by}::text where ${version}::bigint = (select coalesce(max(version), 0) from rule_versions)
      on conflict do nothing`.execute(trx);
    if (numAffectedRows !== 1n) return null;
    await appendAct(trx, { act: 'rules.changed', version: version + 1, by, cmid: newCmid() });
    return version + 1;
  });

export const ruleBookOn = (db: Kysely<Database>): RuleBook => ({
  rules: () => newest(db),
  saveRules: (version, rules, by) => save(db, version, rules, by),
});
