import { sql } from 'kysely';
import { shardOf } from '@parley/domain';
import { migrate, openDatabase } from '@parley/postgres';
import { withPostgres } from '@parley/testkit';
import { appenderContract } from '@parley/testkit/contracts/appender';
import { roomLogContract, type RoomLogHarness } from '@parley/testkit/contracts/room-log';
import { PostgresRoomLog } from './index.ts';

for (const postgresSource of ['embedded', 'debian'] as const) {
  const harness: RoomLogHarness = {
    tooLargeBytes: 1_000_001,
    async start() {
      const cleanups: (() => Promise<void>)[] = [];
      const server = await withPostgres({ postgresSource, cleanup: (cleanup) => void cleanups.push(cleanup) });
      const database = openDatabase({ url: server.url, poolSize: 6, connectTimeoutMs: 2_000 });
      await migrate(database);
      return {
        open: () => PostgresRoomLog.open({ database, mode: 'shared' }),
        async kill() {
          const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity where backend_type = 'client backend'`.execute(database.db);
          await server.kill();
          // They outlive their postmaster by a moment, in which they would still answer.
          for (const { pid } of rows) {
            try { process.kill(pid, 'SIGKILL'); } catch { /* gone */ }
          }
        },
        restart: () => server.restart(),
        async corrupt(ref) {
          const head = await database.db.selectFrom('log_heads').select('position').where('room_id', '=', ref.roomId).where('epoch', '=', ref.epoch).executeTakeFirst();
          const seq = (head?.position ?? 0) + 1;
          const { log_id } = await database.db.selectFrom('log_home').select('log_id').executeTakeFirstOrThrow();
          await database.db.transaction().execute(async (trx) => {
            await trx.insertInto('log_entries').values({
              room_id: ref.roomId, epoch: ref.epoch, first_seq: seq, last_seq: seq, log_id, position: seq, prev_id: null, events: '"no entry"',
            }).execute();
            await trx.insertInto('log_heads').values({ room_id: ref.roomId, epoch: ref.epoch, shard: shardOf(ref.roomId), position: seq })
              .onConflict((conflict) => conflict.columns(['room_id', 'epoch']).doUpdateSet({ position: seq })).execute();
          });
        },
        async stop() {
          await database.close();
          for (const cleanup of cleanups) await cleanup();
        },
      };
    },
  };
  roomLogContract(`Postgres, ${postgresSource}`, harness);
  appenderContract(`Postgres, ${postgresSource}`, harness);
}
