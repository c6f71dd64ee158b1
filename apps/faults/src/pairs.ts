import { PLAIN } from './fleet-plans.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** Why two faults cannot be active together; `null` if they can. */
export const whyNot = (a: Scenario, b: Scenario): string | null => {
  if (!a.fault || !b.fault) return 'one of them is no fault that can be combined';
  if (a.fleet && b.fleet && a.fleet !== b.fleet) return 'each needs a fleet of its own';
  const shared = a.fault.touches.find((part) => b.fault?.touches.includes(part));
  return shared === undefined ? null : `both touch the ${shared}`;
};

/** All pairs that can be, in an order of chance. */
export const pairsOf = (scenarios: readonly Scenario[], random: Random): [Scenario, Scenario][] =>
  random.shuffled(scenarios.flatMap((a, n) => scenarios.slice(n + 1).filter((b) => whyNot(a, b) === null).map((b): [Scenario, Scenario] => (random.next() < 0.5 ? [a, b] : [b, a]))));

/** Of the one whose fleet it is: its clients may have to come in by a way of its own. */
const trafficOf = (a: Scenario, b: Scenario): Pick<Scenario, 'traffic'> => {
  const { traffic } = !a.fleet && b.fleet ? b : a;
  return traffic ? { traffic } : {};
};

/** The second one breaks somewhere within the first; which is made whole first is chance. Nothing is asked of the time in between. */
export const pairOf = ([a, b]: readonly [Scenario, Scenario]): Scenario => ({
  name: `${a.name}+${b.name}`,
  title: `${a.title}; meanwhile ${b.title}`,
  bound: { ms: a.bound.ms + b.bound.ms, of: 'messages flow, both being whole' },
  fleet: a.fleet ?? b.fleet ?? PLAIN,
  ...trafficOf(a, b),
  async run(context) {
    const { random, scaled } = context;
    if (!a.fault || !b.fault) throw new Error(whyNot(a, b) ?? 'not a pair');
    const heals: (() => Promise<void>)[] = [];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    try {
      heals.push(await a.fault.inject(context));
      await wait(scaled(a.fault.holdMs) * random.next());
      heals.push(await b.fault.inject(context));
      await wait(Math.max(scaled(a.fault.holdMs), scaled(b.fault.holdMs)) * random.next());
      if (random.next() < 0.5) heals.reverse();
    } finally {
      for (const heal of heals.splice(0)) await heal();
    }
    await context.fleet.ready();
    context.mark();
    await context.recovered('messages flow, both being whole', (deadlineMs) => context.traffic.untilFlowing(deadlineMs));
  },
});
