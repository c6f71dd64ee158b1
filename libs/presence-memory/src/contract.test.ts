import { presenceContract } from '@parley/testkit/contracts/presence';
import { PresenceHub } from './presence-hub.ts';

presenceContract('in memory', async () => {
  const hub = new PresenceHub();
  return { node: async () => hub.node(), stop: async () => undefined };
});
