import type { Presence } from '@parley/domain';
import { afterTests, waitFor, withRedis } from '@parley/testkit';
import { presenceContract } from '@parley/testkit/contracts/presence';
import { connectRedisPresence } from './redis-presence.ts';

const cleanup = afterTests();

presenceContract('in Redis', async () => {
  const { url } = await withRedis({ cleanup });
  const nodes: Presence[] = [];
  return {
    node: async () => {
      const node = connectRedisPresence({ url, region: 'main', times: { writeEvery: 50, lease: 2_000, renewEvery: 200, settle: 2_500 } });
      nodes.push(node);
      await waitFor('Redis to be reached', () => node.live);
      return node;
    },
    stop: async () => {
      for (const node of nodes) await node.close();
    },
  };
});
