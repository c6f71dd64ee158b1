import { openDatabase } from '@parley/postgres';
import type { Rules } from '@parley/protocol';
import { PostgresModerationStore } from '@parley/store-postgres';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';

/** Puts rules in the place of those there are. */
export const saveRules = async (fleet: Pick<Fleet, 'postgres'>, rules: Rules): Promise<void> => {
  const database = openDatabase({ url: fleet.postgres.url, poolSize: 2, applicationName: 'parley-faults' });
  const store = new PostgresModerationStore(database);
  try {
    await waitFor('the rules to be saved', async () => (await store.saveRules((await store.rules()).version, rules, null)) !== null);
  } finally {
    await store.close();
    await database.close();
  }
};

/** Of which a gateway says nothing but that somebody should look: what is hidden for it the moderation worker hides. */
export const BAD_WORD = 'exterminate';
export const REPORTED: Rules = [{ kind: 'words', id: 'bad', action: 'report', reason: 'bad', sparesModerators: false, words: [BAD_WORD], anywhere: false }];
/** With what the rule above counts for, for the moderation workers of a fleet. */
export const HIDES_REPORTED = { HIDE_AT: '50' };
