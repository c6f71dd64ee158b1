import type { Scenario } from './scenario.ts';
import { gatewayKill } from './scenarios/gateway-kill.ts';
import { redisDown } from './scenarios/redis-down.ts';

/** All of them, in the order in which they run: those with the same fleet side by side. */
export const SCENARIOS: readonly Scenario[] = [
  gatewayKill,
  redisDown,
];
