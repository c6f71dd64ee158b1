import type { Reports } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Kysely } from 'kysely';
import { caseDetail } from './case-detail.ts';
import { caseOf } from './case-view.ts';
import { cases } from './cases.ts';
import { claim, decide, release } from './claims.ts';
import { recordOf } from './record.ts';
import { report } from './report.ts';

export const reportsOn = (db: Kysely<Database>): Reports => ({
  report: (filed) => report(db, filed),
  cases: (query) => cases(db, query),
  caseOf: (caseId, at) => caseOf(db, caseId, at),
  caseDetail: (caseId, at) => caseDetail(db, caseId, at),
  claim: (caseId, by, at) => claim(db, caseId, by, at),
  release: (caseId, by, at) => release(db, caseId, by, at),
  decide: (caseId, decision, by, at, remark) => decide(db, caseId, decision, by, at, remark),
  record: (userId, roomId, at) => recordOf(db, userId, roomId, at),
});
