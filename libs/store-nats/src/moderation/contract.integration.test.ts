import { connectNats } from '@parley/nats';
import { migrate, openDatabase } from '@parley/postgres';
import { ingest, PostgresModerationStore, PostgresStore } from '@parley/store-postgres';
import { withNats, withPostgres } from '@parley/testkit';
import { moderationContract } from '@parley/testkit/contracts/moderation';
import { NatsModerationStore, NatsStore, serveStore } from '../index.ts';

const region = 'main';

moderationContract('NATS services over Postgres', async () => {
  const cleanups: (() => Promise<void>)[] = [];
  const cleanup = (each: () => Promise<void>) => void cleanups.push(each);
  const [postgres, server] = await Promise.all([withPostgres({ fsync: false, cleanup }), withNats({ jetstream: false, cleanup })]);
  const database = openDatabase({ url: postgres.url, connectTimeoutMs: 2_000 });
  await migrate(database);
  const [worker, gateway] = await Promise.all(['worker', 'gateway'].map((name) => connectNats({ servers: server.url, name, reconnectDelayMs: 50 })));
  const direct = new PostgresModerationStore(database);
  const service = await serveStore({ nats: worker!, store: new PostgresStore(database.db), moderation: direct, region, version: '0.1.0', node: 'worker', onError: () => {} });
  return {
    moderation: new NatsModerationStore({ nats: gateway!, region }),
    store: new NatsStore({ nats: gateway!, region }),
    takeIn: async (entries) => void (await ingest(database.db, entries, { logId: 'test-log', deadLetters: { put: async () => {} } })),
    stop: async () => {
      await service.close();
      await direct.close();
      await Promise.all([worker!.close(), gateway!.close(), database.close()]);
      for (const each of cleanups) await each();
    },
  };
});
