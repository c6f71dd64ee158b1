import { ALL_SHARDS, type DeadLetters, type RoomLog } from '@parley/domain';
import type { DatabaseHandle } from '@parley/postgres';
import type { Logger } from '@parley/runtime';
import { ingest } from '@parley/store-postgres';

/** Takes the log into the projections until `@parley/persistence` does. */
export const startInterimPersistence = (log: RoomLog, { db }: DatabaseHandle, deadLetters: DeadLetters, logger: Logger): (() => Promise<void>) => {
  let closing = false;
  const work = async (shard: (typeof ALL_SHARDS)[number]): Promise<void> => {
    const consumer = await log.consumer({ name: 'persistence', shard });
    while (!closing) {
      try {
        const deliveries = (await consumer.fetch(256, 1_000)).filter((each) => each.entry !== null);
        if (deliveries.length === 0) continue;
        await ingest(db, deliveries.map(({ entry, ref }) => ({ entry, ref })), { logId: log.id, logIsArchive: true, deadLetters });
        for (const each of deliveries) await each.ack();
      } catch (error) {
        logger.error({ err: error }, 'ingest failed');
        await new Promise((resolve) => { setTimeout(resolve, 500); });
      }
    }
    await consumer.close();
  };
  const workers = ALL_SHARDS.map(work);
  return async () => {
    closing = true;
    await Promise.allSettled(workers);
  };
};
