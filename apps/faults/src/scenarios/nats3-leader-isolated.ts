import { whyNoNetwork } from '@parley/testkit/network';
import { makeLeader } from '../parts/log.ts';
import { PARTITIONABLE, type Parted } from '../plans-of-the-log.ts';
import { scenario } from '../scenario.ts';

export const nats3LeaderIsolated = scenario<Parted>({
  name: 'nats3-leader-isolated',
  title: 'the NATS server that leads the log is cut off from the other two, and gateways that are connected to it are not',
  // 12 s are given to an election before a gateway tries another server.
  bound: { ms: 25_000, of: 'messages flow everywhere: whoever is connected to the one that is alone has left it' },
  needs: () => whyNoNetwork(),
  fleet: PARTITIONABLE,
  traffic: { urls: (fleet) => fleet.gateways.map(({ url }) => url) },
  fault: {
    touches: ['nats', 'network', 'gateways'],
    holdMs: 30_000,
    flows: true,
    async inject({ fleet }) {
      await makeLeader(fleet, fleet.minority);
      fleet.isolate();
      return async () => {
        fleet.network.heal();
        await fleet.ready();
      };
    },
  },
});
