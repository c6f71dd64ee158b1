import type { Migration } from 'kysely/migration';
import * as foundation from './0001-foundation.ts';
import * as lastSeen from './0002-last-seen.ts';
import * as roomSanctions from './0003-room-sanctions.ts';
import * as serverActs from './0004-server-acts.ts';
import * as reportsAndAudit from './0005-reports-and-audit.ts';
import * as rules from './0006-rules.ts';

/** All migrations, by name; they run in the order of their names. What has been released is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-foundation': foundation,
  '0002-last-seen': lastSeen,
  '0003-room-sanctions': roomSanctions,
  '0004-server-acts': serverActs,
  '0005-reports-and-audit': reportsAndAudit,
  '0006-rules': rules,
};
