import { withPostgres } from '@parley/testkit';
import { moderationContract } from '@parley/testkit/contracts/moderation';
import { PostgresModerationStore, PostgresStore } from '../index.ts';
import { ingestRig } from '../testing/rig.ts';

moderationContract('Postgres', async () => {
  const cleanups: (() => Promise<void>)[] = [];
  const server = await withPostgres({ fsync: false, cleanup: (cleanup) => void cleanups.push(cleanup) });
  const { database, takeIn } = await ingestRig(server.url);
  const moderation = new PostgresModerationStore(database);
  return {
    moderation,
    store: new PostgresStore(database.db),
    takeIn: async (entries) => void (await takeIn(entries)),
    stop: async () => {
      await moderation.close();
      await database.close();
      for (const cleanup of cleanups) await cleanup();
    },
  };
});
