import { fileURLToPath } from 'node:url';
import { startFleet } from '@parley/testkit/fleet';
import { connect, openSession } from '@parley/testkit/wire-client';
import { createRoom, withMember } from '../parts/member.ts';
import { scenario, type FleetPlan } from '../scenario.ts';

const PRELOAD = fileURLToPath(new URL('../parts/shifted-clock.ts', import.meta.url));
const HOUR_MS = 3_600_000;
/** Of each gateway, from the first. */
const SHIFTS_MS = [HOUR_MS, -HOUR_MS];
/** A message is stamped by the gateway that took it: so far from the truth may that be. */
const STAMP_MS = 60_000;

const CLOCKS_APART: FleetPlan = {
  name: 'two gateways, one an hour ahead and one an hour behind',
  start: ({ dataDir }) => startFleet({
    gateways: 2, workers: 2, dataDir, gateway: (n) => ({ nodeArgs: ['--import', PRELOAD], env: { CLOCK_SHIFT_MS: `${SHIFTS_MS[n]}` } }),
  }),
};

export const clocksApart = scenario({
  name: 'clocks-apart',
  title: 'the clock of one gateway is an hour ahead and that of the other an hour behind',
  bound: { ms: 3_000, of: 'messages flow as if they were right' },
  fleet: CLOCKS_APART,
  traffic: { urls: (fleet) => fleet.gateways.map(({ url }) => url) },
  async run({ fleet, traffic, hold, mark, recovered, note }) {
    const [ahead, behind] = fleet.gateways;
    // The clocks are what they should be: wrong.
    for (const [n, gateway] of fleet.gateways.entries()) {
      const at = await withMember(gateway.url, 'somebody', async (member) => {
        const roomId = await createRoom(member, 'the hour');
        const { events } = await member.must('room:sync', { roomId, epoch: 1, after: 0 });
        return events[0]!.at;
      });
      if (Math.abs(at - Date.now() - SHIFTS_MS[n]!) > STAMP_MS) throw new Error(`${gateway.name} was to be wrong by an hour, and stamps ${at}`);
    }
    // A session of the one is good at the other.
    for (const [from, to] of [[ahead!, behind!], [behind!, ahead!]] as const) {
      const member = await connect(to.url, await openSession(from.url, 'a traveller'));
      member.socket.close();
    }
    note('a session that one gateway issued lets its user in at the other, both ways');
    mark();
    await recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs));
    await hold(10_000);
    for (const gateway of fleet.gateways) {
      await gateway.kill();
      mark();
      await gateway.start();
      await recovered('after a gateway was killed', (deadlineMs) => traffic.untilFlowing(deadlineMs), 10_000);
    }
  },
});
