import { StoreUnavailable, type RoomSanctions } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { Kysely } from 'kysely';

const notYet = async (): Promise<never> => { throw new StoreUnavailable('not built yet'); };

export const roomSanctionsOn = (_db: Kysely<Database>): RoomSanctions => ({ roomSanctions: notYet, sanctionsAgainst: notYet });
