import { StoreUnavailable, type RuleBook } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Kysely } from 'kysely';

const notYet = async (): Promise<never> => { throw new StoreUnavailable('not built yet'); };

export const ruleBookOn = (_db: Kysely<Database>): RuleBook => ({ rules: notYet, saveRules: notYet });
