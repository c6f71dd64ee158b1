import { waitFor } from '@parley/testkit';
import { gatherCrowd, type Member } from '@parley/testkit/crowd';
import { openSession } from '@parley/testkit/wire-client';
import { scenario, type Context } from '../scenario.ts';

const SOCKETS = 1_000;
const NEWCOMERS = 20;
/** A gateway sends its clients away at 200 a second, after a notice of two seconds. */
const MOVE_MS = 15_000;

const sum = (crowd: readonly Member[], of: 'cut' | 'moves'): number => crowd.reduce((total, each) => total + each[of], 0);

const allAnswer = async (crowd: readonly Member[]): Promise<void> => {
  const answered = (await Promise.all(crowd.map((each) => each.answers()))).filter(Boolean).length;
  if (answered < crowd.length) throw new Error(`only ${answered} of ${crowd.length} sockets are answered`);
};

/** Newcomers keep away from a gateway that is drained; who is there stays until it is told to leave, and then moves without being cut. */
const drain = async ({ fleet, traffic, note, mark, recovered }: Context, crowd: Member[], token: string): Promise<void> => {
  const [leaving, staying] = fleet.gateways;
  const had = await leaving!.metric('sockets');
  await fleet.haproxy.administer(`set server gateways/${leaving!.name} state drain`);
  try {
    crowd.push(...(await gatherCrowd(fleet.url, token, NEWCOMERS)));
    const has = await leaving!.metric('sockets');
    if (has !== had) throw new Error(`${leaving!.name} had ${had} clients when it was drained, and has ${has}`);
    mark();
    await recovered('messages flow, a gateway being drained', (deadlineMs) => traffic.untilFlowing(deadlineMs));
    mark();
    const left = leaving!.stop();
    const total = traffic.writers.length + traffic.listeners.length + crowd.length;
    await recovered('all clients are with the other gateway', (deadlineMs) => waitFor('all to be there', async () => (await staying!.metric('sockets')) >= total, { deadlineMs }), MOVE_MS);
    await left;
    if (leaving!.exit?.code !== 0) throw new Error(`${leaving!.name} left badly: ${JSON.stringify(leaving!.exit)}`);
  } finally {
    if (!leaving!.isRunning) await leaving!.start();
    await fleet.haproxy.administer(`set server gateways/${leaving!.name} state ready`);
    await fleet.ready();
  }
  note(`${had} clients of the gateway moved; of the crowd ${sum(crowd, 'moves')}, none cut`);
};

export const haproxyReload = scenario({
  name: 'haproxy-reload',
  title: 'HAProxy is reloaded under 1,000 sockets, and a gateway behind it drained',
  bound: { ms: 5_000, of: 'every socket stands and is answered; messages flow' },
  fault: {
    touches: ['haproxy'],
    holdMs: 0,
    flows: true,
    async inject({ fleet }) {
      await fleet.haproxy.reload();
      return () => Promise.resolve();
    },
  },
  async run(context) {
    const { fleet, traffic, note, mark, recovered } = context;
    const { token } = await openSession(fleet.url, 'Crowd');
    const crowd = await gatherCrowd(fleet.url, token, SOCKETS);
    const interrupted = traffic.interruptions;
    try {
      mark();
      await fleet.haproxy.reload();
      await recovered(`${SOCKETS} sockets are answered, HAProxy being reloaded`, () => allAnswer(crowd));
      await recovered('messages flow, HAProxy being reloaded', (deadlineMs) => traffic.untilFlowing(deadlineMs));
      await drain(context, crowd, token);
      await allAnswer(crowd);
      const cut = sum(crowd, 'cut') + traffic.interruptions - interrupted;
      if (cut > 0) throw new Error(`${cut} clients were cut`);
      note(`${crowd.length} sockets, all answered in the end`);
    } finally {
      for (const each of crowd) each.close();
    }
  },
});
