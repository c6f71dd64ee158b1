import { pause } from '../pause.ts';
import { scenario } from '../scenario.ts';

export const redisPause = scenario({
  name: 'redis-pause',
  title: 'Redis stands still (SIGSTOP) for 20 s, its connections open',
  bound: { ms: 10_000, of: 'messages arrive past Redis, and by way of it' },
  fault: {
    touches: ['redis'],
    holdMs: 20_000,
    flows: true,
    inject: ({ fleet }) => Promise.resolve(pause(fleet.redis)),
  },
});
