import { metricOf, pauseAmidBatch, untilArchived } from '../parts/database.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 3;
const CATCH_MS = 15_000;

export const workerKillAmidBatch = scenario({
  name: 'worker-kill-amid-batch',
  title: 'every worker is killed (SIGKILL), at least one with a transaction begun and not committed, three times',
  bound: { ms: 15_000, of: 'everything acked is archived; messages flow all the time' },
  traffic: { perSecond: 200 },
  fault: {
    touches: ['workers'],
    holdMs: 5_000,
    flows: true,
    async inject({ fleet, random, note }) {
      // Beside another fault there may be nothing to archive, or nowhere.
      const open = await pauseAmidBatch(fleet, fleet.workers, random, CATCH_MS).catch(() => []);
      await Promise.all(fleet.workers.map((worker) => worker.kill()));
      note(`${open.length} transactions were open`);
      return async () => void (await Promise.all(fleet.workers.map((worker) => worker.start())));
    },
  },
  async run(context) {
    const { fleet, traffic } = context;
    const note = (text: string): void => {
      context.note(text);
      if (text.startsWith('0 ')) throw new Error('no worker could be caught amid a batch');
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const heal = await workerKillAmidBatch.fault!.inject({ ...context, note });
      context.mark();
      await context.recovered('messages flow without workers', (deadlineMs) => traffic.untilFlowing(deadlineMs), FLOWING_MS);
      await heal();
      context.mark();
      await context.recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
    }
    if ((await metricOf(fleet.workers, 'persistence_incidents_total')) > 0) throw new Error('a room’s log was taken for broken');
  },
});

const FLOWING_MS = 2_000;
