import { leaderOf } from '../parts/log.ts';
import { REPLICATED } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

export const nats3LeaderKill = scenario({
  name: 'nats3-leader-kill',
  title: 'of three NATS servers the one that leads the log is killed (SIGKILL)',
  // The others elect another 4 to 9 s after they last heard of it, and may need a second try.
  bound: { ms: 15_000, of: 'messages flow by the other two; and by all three' },
  fleet: REPLICATED,
  fault: {
    touches: ['nats'],
    holdMs: 20_000,
    flows: true,
    async inject({ fleet, note }) {
      const leader = await leaderOf(fleet);
      note(`${leader.url} is killed`);
      await leader.kill();
      return () => leader.restart();
    },
  },
});
