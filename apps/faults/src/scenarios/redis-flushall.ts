import { redisCommand } from '../redis-command.ts';
import { scenario } from '../scenario.ts';

export const redisFlushall = scenario({
  name: 'redis-flushall',
  title: 'Redis forgets everything (FLUSHALL)',
  bound: { ms: 2_000, of: 'messages arrive' },
  fault: {
    touches: ['redis'],
    holdMs: 0,
    flows: true,
    async inject({ fleet }) {
      await redisCommand(fleet.redis.port, 'FLUSHALL');
      return () => Promise.resolve();
    },
  },
});
