import type { Context, Fault } from './scenario.ts';

/** Break, recover where one can, hold, make whole, recover. */
export const breakAndHeal = async (fault: Fault, context: Context, boundMs: number): Promise<void> => {
  const { traffic } = context;
  const flowing = (deadlineMs: number): Promise<void> => traffic.untilFlowing(deadlineMs);
  const until = performance.now() + context.scaled(fault.holdMs);
  const heal = await fault.inject(context);
  context.mark();
  try {
    // Made whole sooner than that, nothing can be said of it.
    if (fault.flows && (fault.holdMs === 0 || context.scaled(fault.holdMs) >= boundMs)) await context.recovered('messages flow, broken as it is', flowing);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, until - performance.now())));
  } finally {
    await heal();
    context.mark();
  }
  await context.recovered('messages flow, all being whole', flowing);
};
