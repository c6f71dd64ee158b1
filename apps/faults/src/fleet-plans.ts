import { startFleet } from '@parley/testkit/fleet';
import { MEASURABLE } from './parts/memory.ts';
import { HIDES_REPORTED } from './parts/rules.ts';
import type { FleetPlan } from './scenario.ts';

/** Two of each that there may be many of, and one log. */
export const PLAIN: FleetPlan = {
  name: 'two gateways, two workers, one NATS server',
  start: ({ dataDir }) => startFleet({ gateways: 2, workers: 2, dataDir, gateway: () => ({ nodeArgs: MEASURABLE }), moderator: () => ({ env: HIDES_REPORTED }) }),
};
