import { join } from 'node:path';
import { describeViolations } from '@parley/testkit/checker';
import { openTraffic } from '@parley/testkit/traffic';
import { breakAndHeal } from './break-and-heal.ts';
import { PLAIN } from './fleet-plans.ts';
import type { FleetKeeper } from './keep-fleet.ts';
import { inThreeWords, remember, type Outcome } from './outcome.ts';
import { seeded } from './random.ts';
import type { Context, Scenario } from './scenario.ts';

export type RunOptions = {
  seed: number;
  /** Histories are kept in a folder below. */
  outDir: string;
  fleets: FleetKeeper;
  /** Of the durations that faults last. Default 1: as in the issue. */
  scale?: number;
};

/** How much longer than its bound a recovery may take before it fails the run: bounds are of a machine that is not busy with anything else. */
export const BOUND_SLACK = 3;
/** Messages a second, where a scenario does not say otherwise. */
const PACE = 100;
const FLOWING_MS = 60_000;
/** Until everything is acked and everybody has everything. */
const QUIET_MS = 120_000;
const SCALED_LEAST_MS = 500;
/** A `run` that takes longer waits for what will not come. */
const LIMIT_MS = 900_000;

const within = async (limitMs: number, running: Promise<void>): Promise<void> => {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${limitMs / 60_000} minutes`)), limitMs);
  await Promise.race([running, over]).finally(() => clearTimeout(timer));
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${reasonOf(error.cause)})`;
};

export const runScenario = async (scenario: Scenario, { seed, outDir, fleets, scale = 1 }: RunOptions): Promise<Outcome> => {
  const { name, title, bound, fault } = scenario;
  const began = performance.now();
  const outcome: Outcome = {
    name, title, bound, seed, result: 'held', why: null, recoveries: [], notes: [], durationMs: 0, sent: 0, acked: 0, delivered: 0, lost: 0, doubled: 0, reordered: 0, violations: [],
  };
  const missing = await scenario.needs?.();
  if (missing) return { ...outcome, result: 'skipped', why: missing };

  const { perSecond = PACE, messages, ...who } = scenario.traffic ?? {};
  const dir = join(outDir, name);
  try {
    const fleet = await fleets.get(scenario.fleet ?? PLAIN);
    const traffic = await openTraffic({ ...who, urls: scenario.traffic?.urls?.(fleet) ?? [fleet.url], dir });
    try {
      let marked = performance.now();
      const scaled = (ms: number): number => (ms === 0 ? 0 : Math.max(SCALED_LEAST_MS, ms * scale));
      const context: Context = {
        fleet, traffic, scaled,
        random: seeded(seed).fork(name),
        note: (text) => void outcome.notes.push(text),
        hold: (ms) => new Promise((resolve) => setTimeout(resolve, scaled(ms))),
        mark: () => void (marked = performance.now()),
        async recovered(what, until, boundMs = bound.ms) {
          let tookMs = 0;
          try {
            await until(Math.max(1, boundMs * BOUND_SLACK - (performance.now() - marked)));
          } finally {
            tookMs = Math.round(performance.now() - marked);
            remember(outcome.recoveries, { what, boundMs, tookMs, times: 1 });
          }
          if (tookMs > boundMs * BOUND_SLACK) throw new Error(`${what}: after ${tookMs} ms, and the bound is ${boundMs} ms`);
        },
      };
      traffic.start({ perSecond, ...(messages === undefined ? {} : { messages }) });
      await traffic.untilFlowing(FLOWING_MS);
      if (!scenario.run && !fault) throw new Error(`${name} has neither a fault nor a run`);
      await within(scenario.limitMs ?? LIMIT_MS, scenario.run ? scenario.run(context) : breakAndHeal(fault!, context, bound.ms));

      if (scenario.unchecked === undefined) {
        const verdict = await traffic.finish(scenario.quietMs ?? QUIET_MS);
        Object.assign(outcome, inThreeWords(verdict), { violations: verdict.violations, delivered: verdict.counts.applied });
        if (verdict.violations.length > 0) throw new Error(describeViolations(verdict));
      } else outcome.notes.push(scenario.unchecked);
      const ended = [...fleet.gateways, ...fleet.workers, ...fleet.moderators].filter(({ isRunning }) => !isRunning);
      if (ended.length > 0) throw new Error(`ended on their own: ${ended.map((each) => each.name).join(', ')}`);
    } finally {
      Object.assign(outcome, { sent: traffic.sent, acked: traffic.acked });
      await traffic.close();
    }
  } catch (error) {
    Object.assign(outcome, { result: 'failed', why: reasonOf(error) });
    // What a fault left broken is nobody else's.
    await fleets.drop(join(dir, 'logs'));
  }
  outcome.durationMs = Math.round(performance.now() - began);
  return outcome;
};
