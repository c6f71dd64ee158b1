import { scenario } from '../scenario.ts';

export const redisDown = scenario({
  name: 'redis-down',
  title: 'Redis is killed (SIGKILL), stays away for two minutes, and comes back empty',
  bound: { ms: 10_000, of: 'messages arrive without Redis, and with it' },
  fault: {
    touches: ['redis'],
    holdMs: 120_000,
    flows: true,
    async inject({ fleet }) {
      await fleet.redis.kill();
      return () => fleet.redis.restart();
    },
  },
});
