import { scenario } from '../scenario.ts';

export const gatewayKill = scenario({
  name: 'gateway-kill',
  title: 'a gateway is killed (SIGKILL) amid thousands of sends, and started again',
  bound: { ms: 5_000, of: 'its clients write and hear through another gateway' },
  traffic: { perSecond: 400 },
  fault: {
    touches: ['gateways'],
    holdMs: 10_000,
    flows: true,
    async inject({ fleet, random, note }) {
      const gateway = random.pick(fleet.gateways);
      note(`${gateway.name} is killed`);
      await gateway.kill();
      return () => gateway.start();
    },
  },
});
