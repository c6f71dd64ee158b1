import { metricOf, untilArchived, withDatabase } from '../parts/database.ts';
import { scenario } from '../scenario.ts';

/** Of a worker's consumer. */
const ACK_WAIT_MS = 10_000;

export const slowHandling = scenario({
  name: 'slow-handling',
  title: 'a batch takes longer than the ack wait: its tables are locked for 25 s',
  bound: { ms: 15_000, of: 'everything acked is archived, once; messages flow all the time' },
  fault: {
    touches: ['postgres'],
    holdMs: 2.5 * ACK_WAIT_MS,
    flows: true,
    inject({ fleet }) {
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      const { promise: locked, resolve: began, reject: failed } = Promise.withResolvers<void>();
      const holding = withDatabase(fleet, async (query) => {
        await query('begin');
        await query('lock table watermarks in access exclusive mode');
        began();
        await over;
        await query('rollback');
      });
      holding.catch(failed);
      return locked.then(() => async () => {
        end();
        // Postgres itself may have gone meanwhile.
        await holding.catch(() => {});
      });
    },
  },
  async run(context) {
    const { fleet, traffic, note } = context;
    const again = await metricOf(fleet.workers, 'persistence_duplicates_total');
    const heal = await slowHandling.fault!.inject(context);
    try {
      context.mark();
      await context.recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs), 2_000);
      await context.hold(slowHandling.fault!.holdMs);
    } finally {
      await heal();
      context.mark();
    }
    await context.recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
    note(`${(await metricOf(fleet.workers, 'persistence_duplicates_total')) - again} entries were delivered again`);
    if ((await metricOf(fleet.workers, 'persistence_dead_letters_total')) > 0) throw new Error('what was only slow became a dead letter');
  },
});
