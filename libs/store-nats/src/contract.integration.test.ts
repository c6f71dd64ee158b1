import { connectNats } from '@parley/nats';
import { migrate, openDatabase } from '@parley/postgres';
import { ingest, PostgresStore } from '@parley/store-postgres';
import { withNats, withPostgres } from '@parley/testkit';
import { storeContract } from '@parley/testkit/contracts/store';
import { NatsStore, serveStore } from './index.ts';

const region = 'main';

storeContract('NATS services over Postgres', async () => {
  const cleanups: (() => Promise<void>)[] = [];
  const cleanup = (each: () => Promise<void>) => void cleanups.push(each);
  const [postgres, server] = await Promise.all([withPostgres({ fsync: false, cleanup }), withNats({ jetstream: false, cleanup })]);
  const database = openDatabase({ url: postgres.url, connectTimeoutMs: 2_000 });
  await migrate(database);
  const worker = await connectNats({ servers: server.url, name: 'worker', reconnectDelayMs: 50 });
  const gateway = await connectNats({ servers: server.url, name: 'gateway', reconnectDelayMs: 50 });
  const service = await serveStore({ nats: worker, store: new PostgresStore(database.db), region, version: '0.1.0', node: 'worker', onError: () => {} });
  return {
    store: new NatsStore({ nats: gateway, region }),
    takeIn: async (entries) => void (await ingest(database.db, entries, { logId: 'test-log', deadLetters: { put: async () => {} } })),
    // Not by force: what a killed server leaves behind still answers for a moment.
    cut: () => postgres.stop(),
    restore: () => postgres.restart(),
    async stop() {
      await service.close();
      await Promise.all([worker.close(), gateway.close(), database.close()]);
      for (const each of cleanups) await each();
    },
  };
});
