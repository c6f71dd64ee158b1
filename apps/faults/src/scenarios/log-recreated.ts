import { JS_API } from '@parley/nats';
import { waitFor } from '@parley/testkit';
import { untilArchived } from '../parts/database.ts';
import { call, logStreamOf, withNats } from '../parts/log.ts';
import { scenario } from '../scenario.ts';

export const logRecreated = scenario({
  name: 'log-recreated',
  title: 'the stream of all logs is deleted, everything in it being archived, and made anew by whoever misses it',
  bound: { ms: 15_000, of: 'every room goes on in its next epoch' },
  async run({ fleet, traffic, note, mark, recovered }) {
    traffic.stop();
    await waitFor('all to be acked', () => traffic.acked === traffic.sent, { deadlineMs: 30_000 });
    await untilArchived(fleet, traffic, 30_000);
    const before = await withNats(fleet, logStreamOf);
    await withNats(fleet, (nats) => call(nats, JS_API.streamDelete(before)));
    mark();
    traffic.start({ perSecond: 100 });
    await recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs));
    const after = await withNats(fleet, logStreamOf);
    note(`${before} was deleted, ${after} is in its place`);
    if (after === before) throw new Error('the log has the name of the one that is gone');
    await recovered('what was acked is archived', (deadlineMs) => untilArchived(fleet, traffic, deadlineMs));
  },
});
