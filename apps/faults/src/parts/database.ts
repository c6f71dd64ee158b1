import { openDatabase } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import type { AppProcess } from '@parley/testkit/app-process';
import type { Fleet } from '@parley/testkit/fleet';
import { waitFor } from '@parley/testkit';
import type { Random } from '../random.ts';

/** As workers name their connections. */
const WORKERS = 'parley-persistence';
/** What a worker that goes on has done with its transaction by then. */
const SETTLE_MS = 60;
const CATCH_MS = 60_000;

/** A look into the fleet's database, with a connection of one's own. */
export const withDatabase = async <T>(fleet: Pick<Fleet, 'postgres'>, look: (query: <R extends object>(sql: string, values?: unknown[]) => Promise<R[]>) => Promise<T>): Promise<T> => {
  const database = openDatabase({ url: fleet.postgres.url, poolSize: 1, applicationName: 'parley-faults', statementTimeoutMs: 60_000 });
  try {
    return await look(async <R extends object>(sql: string, values: unknown[] = []) => (await database.pool.query<R>(sql, values)).rows);
  } finally {
    await database.close();
  }
};

/** Workers' transactions that are open and wait for the worker. */
const OPEN = `select pid from pg_stat_activity where application_name = '${WORKERS}' and state = 'idle in transaction'`;

/**
 * Stops workers (SIGSTOP) such that at least one of them is amid a batch: its transaction is begun and not committed. It is tried again until that
 * is certain. Resolves with the server's processes that hold those transactions.
 */
export const pauseAmidBatch = (fleet: Fleet, workers: readonly AppProcess[], random: Random, deadlineMs = CATCH_MS): Promise<number[]> =>
  withDatabase(fleet, async (query) => {
    let open: number[] = [];
    await waitFor('a worker to be stopped amid a batch', async () => {
      await new Promise((resolve) => setTimeout(resolve, random.int(0, SETTLE_MS)));
      for (const worker of workers) worker.pause();
      open = [];
      try {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        const before = (await query<{ pid: number }>(OPEN)).map(({ pid }) => pid);
        // Those of workers that were not stopped have moved on.
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        open = (await query<{ pid: number }>(OPEN)).map(({ pid }) => pid).filter((pid) => before.includes(pid));
      } finally {
        if (open.length === 0) for (const worker of workers) worker.resume();
      }
      return open.length > 0;
    }, { deadlineMs, intervalMs: 1 });
    return open;
  });

/** Resolves when as many messages of these rooms are in the projection as were acked at the call. */
export const untilArchived = (fleet: Fleet, { roomIds, acked }: { roomIds: readonly RoomId[]; acked: number }, deadlineMs: number): Promise<void> =>
  withDatabase(fleet, (query) =>
    waitFor(`${acked} messages to be archived`, async () => {
      const [row] = await query<{ count: number }>('select count(*)::int as count from messages where room_id = any($1)', [roomIds]);
      return (row?.count ?? 0) >= acked;
    }, { deadlineMs, intervalMs: 100 }));

/** A sum over the fleet's processes, those that do not run left out. */
export const metricOf = async (processes: readonly AppProcess[], name: string): Promise<number> => {
  const each = await Promise.all(processes.filter(({ isRunning }) => isRunning).map((one) => one.metric(name)));
  return each.reduce((sum, value) => sum + value, 0);
};
