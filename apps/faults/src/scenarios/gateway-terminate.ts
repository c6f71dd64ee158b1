import type { AppProcess } from '@parley/testkit/app-process';
import { scenario, type FaultContext } from '../scenario.ts';

const leave = async (gateway: AppProcess, { note }: FaultContext): Promise<void> => {
  const began = performance.now();
  await gateway.stop();
  note(`${gateway.name} left within ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  if (gateway.exit?.code !== 0) throw new Error(`${gateway.name} left badly: ${JSON.stringify(gateway.exit)}\n${gateway.logTail()}`);
};

export const gatewayTerminate = scenario({
  name: 'gateway-terminate',
  title: 'every gateway in turn is told to leave (SIGTERM), and started again',
  bound: { ms: 5_000, of: 'no client notices; no send fails' },
  traffic: { perSecond: 400 },
  fault: {
    touches: ['gateways'],
    holdMs: 5_000,
    flows: true,
    async inject(context) {
      const gateway = context.random.pick(context.fleet.gateways);
      await leave(gateway, context);
      return () => gateway.start();
    },
  },
  async run(context) {
    const { fleet, traffic, mark, recovered, note } = context;
    const before = traffic.interruptions;
    for (const gateway of fleet.gateways) {
      const left = leave(gateway, context);
      const gone = new AbortController();
      left.catch(() => {}).finally(() => gone.abort());
      // Asked again and again until it has gone: its clients do not move at once.
      while (!gone.signal.aborted) {
        mark();
        await recovered(`messages flow while ${gateway.name} leaves`, (deadlineMs) => traffic.untilFlowing(deadlineMs));
      }
      await left;
      mark();
      await recovered(`messages flow without ${gateway.name}`, (deadlineMs) => traffic.untilFlowing(deadlineMs));
      await gateway.start();
      await fleet.ready();
    }
    const noticed = traffic.interruptions - before;
    note(`${noticed} clients noticed`);
    if (noticed > 0) throw new Error(`${noticed} clients were without a connection`);
  },
});
