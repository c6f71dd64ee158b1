import { metricOf, pauseAmidBatch, untilArchived, withDatabase } from '../parts/database.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 2;

export const twoPersisters = scenario({
  name: 'two-persisters',
  title: 'a worker is paused (SIGSTOP) amid a batch until its session and its shards are another’s, and let go on',
  bound: { ms: 10_000, of: 'the other archives what was its own; then both, everything' },
  traffic: { perSecond: 200 },
  async run({ fleet, traffic, random, note, mark, recovered }) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const worker = fleet.workers[round % fleet.workers.length]!;
      const open = await pauseAmidBatch(fleet, [worker], random);
      try {
        // Sooner than Postgres would by itself (10 s), as when the way between them broke.
        await withDatabase(fleet, (query) => query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [open]));
        note(`${worker.name} was stopped with ${open.length} transactions open, and lost its session`);
        mark();
        await recovered('the other has all shards, and archives', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
      } finally {
        worker.resume();
      }
      mark();
      await recovered('both archive', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
      await fleet.ready();
    }
    if ((await metricOf(fleet.workers, 'persistence_incidents_total')) > 0) throw new Error('a room’s log was taken for broken');
  },
});
