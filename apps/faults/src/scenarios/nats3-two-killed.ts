import { leaderOf } from '../parts/log.ts';
import { REPLICATED } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

/** After which an ack that was on its way has arrived. */
const LAST_ACKS_MS = 2_000;
const AWAY_MS = 20_000;

export const nats3TwoKilled = scenario({
  name: 'nats3-two-killed',
  title: 'of three NATS servers two are killed (SIGKILL), the leader among them; then one comes back, then the other',
  bound: { ms: 20_000, of: 'messages flow after the second is back' },
  fleet: REPLICATED,
  async run({ fleet, traffic, hold, mark, recovered, note }) {
    const leader = await leaderOf(fleet);
    const [other] = fleet.nats.filter((server) => server !== leader);
    await Promise.all([leader.kill(), other!.kill()]);
    try {
      await new Promise((resolve) => setTimeout(resolve, LAST_ACKS_MS));
      const before = traffic.acked;
      await hold(AWAY_MS);
      note(`${traffic.acked - before} were acked by one of three`);
      if (traffic.acked > before) throw new Error('one server of three acked');
    } finally {
      await other!.restart();
      mark();
    }
    try {
      await recovered('two of three', (deadlineMs) => traffic.untilFlowing(deadlineMs));
    } finally {
      await leader.restart();
      mark();
    }
    await recovered('all three', (deadlineMs) => traffic.untilFlowing(deadlineMs));
  },
});
