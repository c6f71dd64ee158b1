import { waitFor } from '@parley/testkit';
import { openBareSockets, UPGRADE_REQUEST } from '@parley/testkit/bare-sockets';
import { metricOf } from '../parts/database.ts';
import { withoutHarm } from '../parts/meanwhile.ts';
import { scenario } from '../scenario.ts';

const STRANGERS = 8_000;
/** Who has not signed in after ten seconds is cut off; some came later than others. */
const GONE_MS = 20_000;
/** A newcomer is one more stranger, and comes after those before it. */
const NEWCOMER_MS = 10_000;

export const strangers = scenario({
  name: 'strangers',
  title: '8,000 sockets come and never authenticate',
  bound: { ms: 3_000, of: 'messages flow and nobody is cut off; a newcomer is let in within 10 s; in 20 s the strangers are gone, and what they cost' },
  run: (context) => withoutHarm(context, async () => {
    const { fleet, note } = context;
    const began = performance.now();
    const crowd = await openBareSockets(fleet.haproxy.port, STRANGERS, UPGRADE_REQUEST);
    try {
      const opened = performance.now();
      const most = await metricOf(fleet.gateways, 'handshakes');
      await waitFor('every stranger to be gone', () => crowd.open === 0, { deadlineMs: 3 * GONE_MS });
      note(`${STRANGERS} came within ${((opened - began) / 1_000).toFixed(1)} s; ${most} of them were there at once then; all had been closed ${((performance.now() - opened) / 1_000).toFixed(1)} s later`);
      await waitFor('no gateway to know any of them', async () => (await metricOf(fleet.gateways, 'handshakes')) === 0, { deadlineMs: GONE_MS });
    } finally {
      crowd.close();
    }
  }, { newcomerMs: NEWCOMER_MS }),
});
