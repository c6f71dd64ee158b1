import { whyNoLoss } from '@parley/testkit/network';
import { DELAY_MS, farAway, LOSS, whileFar } from '../parts/far.ts';
import { FAR_APART, type FarApart } from '../plan-far-apart.ts';
import { scenario } from '../scenario.ts';

/** Two gateways in one room: one of them waits for its turn while the other, some 0.4 s each time, appends and leaves it. */
const BOUND_MS = 10_000;
const fault = farAway(['gateways', 'nats', 'redis', 'network'], (fleet) => fleet.serversFar(DELAY_MS, LOSS));

export const serversFar = scenario<FarApart>({
  name: 'servers-far',
  title: 'between gateways and NATS and Redis everything takes 200 ms each way, and 2 % of the gateways’ packets are lost, for a minute',
  bound: { ms: BOUND_MS, of: 'messages flow' },
  needs: () => whyNoLoss(),
  fleet: FAR_APART,
  traffic: { urls: (fleet) => [fleet.doorUrl], perSecond: 10 },
  fault,
  run: (context) => whileFar(fault, context),
});
