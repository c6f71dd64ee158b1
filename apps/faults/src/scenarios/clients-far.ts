import { whyNoLoss } from '@parley/testkit/network';
import { DELAY_MS, farAway, LOSS, whileFar } from '../parts/far.ts';
import { FAR_APART, type FarApart } from '../plan-far-apart.ts';
import { scenario } from '../scenario.ts';

const fault = farAway(['clients', 'network'], (fleet) => fleet.clientsFar(DELAY_MS, LOSS));

export const clientsFar = scenario<FarApart>({
  name: 'clients-far',
  title: 'between clients and HAProxy everything takes 200 ms each way, and 2 % of HAProxy’s packets are lost, for a minute',
  bound: { ms: 5_000, of: 'messages flow' },
  needs: () => whyNoLoss(),
  fleet: FAR_APART,
  traffic: { urls: (fleet) => [fleet.doorUrl], perSecond: 50 },
  fault,
  run: (context) => whileFar(fault, context),
});
