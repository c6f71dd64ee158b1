import { pause } from '../pause.ts';
import { scenario } from '../scenario.ts';

export const gatewayPause = scenario({
  name: 'gateway-pause',
  title: 'a gateway stands still (SIGSTOP) for 30 s, and goes on with what it had begun',
  // HAProxy gives up on it after three unanswered checks of 4 s each.
  bound: { ms: 16_000, of: 'its clients write and hear through another gateway; what it does when it goes on fails or lands once' },
  traffic: { perSecond: 400 },
  fault: {
    touches: ['gateways'],
    holdMs: 30_000,
    flows: true,
    inject({ fleet, random, note }) {
      const gateway = random.pick(fleet.gateways);
      note(`${gateway.name} stands still`);
      return Promise.resolve(pause(gateway));
    },
  },
});
