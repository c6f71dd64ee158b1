import { StoreUnavailable, type Reports } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Kysely } from 'kysely';

const notYet = async (): Promise<never> => { throw new StoreUnavailable('not built yet'); };

export const reportsOn = (_db: Kysely<Database>): Reports => ({ report: notYet, cases: notYet, caseOf: notYet, caseDetail: notYet, claim: notYet, release: notYet, decide: notYet, record: notYet });
