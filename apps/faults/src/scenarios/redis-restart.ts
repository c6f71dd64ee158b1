import { scenario } from '../scenario.ts';

export const redisRestart = scenario({
  name: 'redis-restart',
  title: 'Redis is killed (SIGKILL), and starts again at once, empty',
  bound: { ms: 5_000, of: 'messages arrive' },
  fault: {
    touches: ['redis'],
    holdMs: 0,
    flows: true,
    async inject({ fleet }) {
      await fleet.redis.kill();
      await fleet.redis.restart();
      return () => Promise.resolve();
    },
  },
});
