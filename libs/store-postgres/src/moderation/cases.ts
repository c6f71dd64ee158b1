import type { CaseQuery } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { CaseId, CaseView } from '@parley/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { caseView, hasStatus, selectCases } from './case-view.ts';

const within = (scope: CaseQuery['in']): RawBuilder<unknown> => {
  if (scope === 'all') return sql`true`;
  if ('roomId' in scope) return sql`c.room_id = ${scope.roomId}`;
  return sql`c.room_id in (select room_id from members where user_id = ${scope.moderatedBy} and role in ('owner', 'moderator'))`;
};

export const cases = async (db: Kysely<Database>, { in: scope, notAbout, status, at, after, limit }: CaseQuery): Promise<{ cases: CaseView[]; next: CaseId | null }> => {
  const newestFirst = status === 'closed';
  const beyond = after === undefined ? sql`true` : newestFirst ? sql`c.id < ${after}` : sql`c.id > ${after}`;
  const { rows } = await selectCases(sql`
    where ${within(scope)} and ${hasStatus(status, at)} and c.user_id is distinct from ${notAbout} and ${beyond}
    order by c.id ${newestFirst ? sql`desc` : sql`asc`} limit ${limit + 1}`).execute(db);
  const page = rows.slice(0, limit).map((row) => caseView(row, at));
  return { cases: page, next: rows.length > limit ? page.at(-1)?.id ?? null : null };
};
