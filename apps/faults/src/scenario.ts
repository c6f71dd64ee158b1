import type { Fleet } from '@parley/testkit/fleet';
import type { Pace, Traffic, TrafficOptions } from '@parley/testkit/traffic';
import type { Random } from './random.ts';

/** How soon after a break, or after it was made whole, messages flow again: each writer acked, each listener hearing, in each of its rooms. */
export type Bound = { ms: number; /** What recovers. */ of: string };

/** What a fault takes hold of. Two that share a part are never active together. */
export type Part = 'gateways' | 'workers' | 'moderators' | 'redis' | 'nats' | 'postgres' | 'haproxy' | 'network' | 'clients';

export type FaultContext<F extends Fleet = Fleet> = {
  readonly fleet: F;
  readonly traffic: Traffic;
  readonly random: Random;
  /** For the report: what was chosen, what was seen. */
  readonly note: (text: string) => void;
  /** A duration as the issue has it, in milliseconds; shorter where the suite runs at a smaller scale (CI). */
  readonly scaled: (ms: number) => number;
};

/** Something that breaks and is made whole again, under whatever traffic and beside whatever other fault. */
export type Fault<F extends Fleet = Fleet> = {
  touches: readonly Part[];
  /** How long it stays broken, before scaling. 0: it is over when `inject` resolves. */
  holdMs: number;
  /** Do messages flow while it is broken? Then the bound holds from the break, too. */
  flows: boolean;
  /** Breaks it, and resolves when it is broken. What it resolves with makes it whole, whatever happened meanwhile. */
  inject(context: FaultContext<F>): Promise<() => Promise<void>>;
};

export type Context<F extends Fleet = Fleet> = FaultContext<F> & {
  /** Nothing happens for so long, before scaling. */
  readonly hold: (ms: number) => Promise<void>;
  /** From now on recovery is measured. */
  readonly mark: () => void;
  /**
   * Waits for `until` and writes down how long after the last `mark` it came true. Fails beyond the bound with its slack. The bound is the scenario's,
   * unless told.
   */
  readonly recovered: (what: string, until: (deadlineMs: number) => Promise<void>, boundMs?: number) => Promise<void>;
};

/** A way to start a fleet. Scenarios with the same plan share one, one after the other; leave it whole. */
export type FleetPlan<F extends Fleet = Fleet> = {
  name: string;
  /** Whatever it starts beside the fleet ends with the fleet's `stop`. */
  start(options: { dataDir: string }): Promise<F>;
};

export type Scenario<F extends Fleet = Fleet> = {
  /** Of its file, too. */
  name: string;
  title: string;
  bound: Bound;
  /** Why it cannot run here, if it cannot. */
  needs?(): string | null | Promise<string | null>;
  /** Default: `PLAIN`. */
  fleet?: FleetPlan<F>;
  traffic?: Omit<TrafficOptions, 'urls' | 'dir'> & Pace & { /** Default: HAProxy's. */ urls?(fleet: F): readonly string[] };
  /** Until all is acked, read back and heard; for more than a few thousand messages. */
  quietMs?: number;
  /** How long a run may take at most; default a quarter of an hour. */
  limitMs?: number;
  /** What can be combined with others. Without a `run`, this is the scenario: break, recover, hold, make whole, recover. */
  fault?: Fault<F>;
  /** Why the traffic's rooms cannot be read back and checked, if so: then `run` asserts what has to hold. */
  unchecked?: string;
  /** Called with messages flowing. When it is over, the rest is checked: everything acked, everybody has everything, every process runs. */
  run?(context: Context<F>): Promise<void>;
};

/** Only for the types. */
export const scenario = <F extends Fleet = Fleet>(each: Scenario<F>): Scenario<F> => each;
