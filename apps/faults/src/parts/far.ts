import type { FarApart } from '../plan-far-apart.ts';
import type { Context, Fault, Part } from '../scenario.ts';

export const DELAY_MS = 200;
export const LOSS = 0.02;
const FAR_MS = 60_000;

export const farAway = (touches: readonly Part[], far: (fleet: FarApart) => void): Fault<FarApart> => ({
  touches,
  holdMs: FAR_MS,
  flows: true,
  inject({ fleet }) {
    far(fleet);
    return Promise.resolve(() => Promise.resolve(fleet.near()));
  },
});

/** Asked again and again while it lasts; then once more, all being near again. */
export const whileFar = async (fault: Fault<FarApart>, context: Context<FarApart>): Promise<void> => {
  const { traffic, scaled, note, mark, recovered } = context;
  const flow = (what: string): Promise<void> => {
    mark();
    return recovered(what, (deadlineMs) => traffic.untilFlowing(deadlineMs));
  };
  const [interrupted, acked] = [traffic.interruptions, traffic.acked];
  const heal = await fault.inject(context);
  try {
    for (const until = performance.now() + scaled(fault.holdMs); performance.now() < until;) await flow('messages flow, far apart');
    note(`${DELAY_MS} ms each way are a proxy's, and ${LOSS * 100} % of packets each way are lost in the kernel, by BPF in tc: sch_netem, which could do both, is not in every kernel`);
    note(`${traffic.acked - acked} messages were acked meanwhile, and clients were without a connection ${traffic.interruptions - interrupted} times`);
  } finally {
    await heal();
  }
  await flow('messages flow, all being near again');
};
