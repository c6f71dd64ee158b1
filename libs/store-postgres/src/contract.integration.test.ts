import { withPostgres } from '@parley/testkit';
import { storeContract } from '@parley/testkit/contracts/store';
import { PostgresStore } from './index.ts';
import { ingestRig } from './testing/rig.ts';

for (const postgresSource of ['embedded', 'debian'] as const) {
  storeContract(`Postgres, ${postgresSource}`, async () => {
    const cleanups: (() => Promise<void>)[] = [];
    const server = await withPostgres({ postgresSource, cleanup: (cleanup) => void cleanups.push(cleanup) });
    const { database, takeIn } = await ingestRig(server.url);
    return {
      store: new PostgresStore(database.db),
      takeIn: async (entries) => void (await takeIn(entries)),
      // Not by force: what a killed server leaves behind still answers for a moment.
      cut: () => server.stop(),
      restore: () => server.restart(),
      async stop() {
        await database.close();
        for (const cleanup of cleanups) await cleanup();
      },
    };
  });
}
