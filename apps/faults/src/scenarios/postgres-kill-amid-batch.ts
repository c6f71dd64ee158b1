import { pauseAmidBatch, untilArchived } from '../parts/database.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 5;

export const postgresKillAmidBatch = scenario({
  name: 'postgres-kill-amid-batch',
  title: 'Postgres is killed (SIGKILL) with a worker’s transaction begun and not committed, five times',
  bound: { ms: 10_000, of: 'everything acked is archived' },
  traffic: { perSecond: 200 },
  async run({ fleet, traffic, random, note, mark, recovered }) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const open = await pauseAmidBatch(fleet, fleet.workers, random);
      try {
        await fleet.postgres.kill();
      } finally {
        for (const worker of fleet.workers) worker.resume();
      }
      note(`${open.length} transactions were open`);
      await fleet.postgres.restart();
      mark();
      await recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
    }
  },
});
