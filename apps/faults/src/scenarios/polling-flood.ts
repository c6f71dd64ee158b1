import { startPollFlood } from '@parley/testkit/poll-flood';
import { withoutHarm } from '../parts/meanwhile.ts';
import { scenario } from '../scenario.ts';

const FLOOD_MS = 20_000;

export const pollingFlood = scenario({
  name: 'polling-flood',
  title: 'polls, as many as are answered: of no session, of unknown ones, overlapping, with bodies of a megabyte',
  bound: { ms: 3_000, of: 'messages flow, newcomers are let in, nobody is cut off; then the gateways hold what they held before' },
  run: (context) => withoutHarm(context, async () => {
    const { fleet, hold, note } = context;
    const flood = await startPollFlood(fleet.url);
    const began = performance.now();
    await hold(FLOOD_MS);
    const answers = await flood.stop();
    const requests = [...answers.values()].reduce((sum, count) => sum + count, 0);
    const inWords = [...answers].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status === 0 ? 'none' : status}`).join(', ');
    note(`${requests} requests in ${((performance.now() - began) / 1_000).toFixed(0)} s, answered ${inWords}`);
    if (requests === 0 || [...answers.keys()].some((status) => status >= 500 && status !== 503)) throw new Error(`answered ${inWords}`);
  }),
});
