import { breakAndHeal } from '../break-and-heal.ts';
import { untilArchived } from '../parts/database.ts';
import { scenario, type Fault } from '../scenario.ts';

const fault: Fault = {
  touches: ['postgres'],
  holdMs: 60_000,
  flows: true,
  async inject({ fleet }) {
    await fleet.postgres.kill();
    return () => fleet.postgres.restart();
  },
};

const FLOWING_MS = 2_000;

export const postgresDown = scenario({
  name: 'postgres-down',
  title: 'Postgres is killed (SIGKILL) and stays away for a minute',
  bound: { ms: 20_000, of: 'everything acked meanwhile is archived; messages flow all the time' },
  fault,
  async run(context) {
    await breakAndHeal(fault, context, FLOWING_MS);
    const { fleet, traffic } = context;
    await context.recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
  },
});
