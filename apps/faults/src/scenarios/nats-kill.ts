import { scenario } from '../scenario.ts';

export const natsKill = scenario({
  name: 'nats-kill',
  title: 'the only NATS server is killed (SIGKILL) and started again',
  bound: { ms: 10_000, of: 'messages flow after it is back' },
  fault: {
    touches: ['nats'],
    holdMs: 10_000,
    flows: false,
    async inject({ fleet }) {
      const [server] = fleet.nats;
      await server!.kill();
      return () => server!.restart();
    },
  },
});
