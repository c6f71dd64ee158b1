import { breakAndHeal } from './break-and-heal.ts';
import { PLAIN } from './fleet-plans.ts';
import type { Context, Fault, Scenario } from './scenario.ts';

/** Between one fault and the next, in milliseconds. */
const GAP_MS = [3_000, 30_000] as const;
const PEOPLE = 40;
/** A newcomer can read back a room of up to `LIMITS.syncGap` (10,000) events from its beginning. */
const ROOM_MESSAGES = 8_000;
/** Until the last of it is read back and heard. */
const QUIET_MS = 600_000;
const LIMIT_MS = 7_200_000;
const TOLD_EVERY_MS = 30_000;

type Breakable = Scenario & { fault: Fault };

const isBreakable = (each: Scenario): each is Breakable => each.fault !== undefined && (each.fleet ?? PLAIN) === PLAIN;

const at = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;

/** Everything this fault measures is told by its name, and held to its bound. */
const under = (context: Context, { name, bound }: Breakable): Context => ({
  ...context,
  note: () => {},
  recovered: (what, until) => context.recovered(`${name}: ${what}`, until, bound.ms),
});

/** Each room is written in by two and heard by two. */
const trafficOf = (messages: number, perSecond: number): NonNullable<Scenario['traffic']> => {
  const perPerson = Math.ceil(messages / PEOPLE / ROOM_MESSAGES);
  return { rooms: PEOPLE * perPerson, writers: PEOPLE, roomsPerWriter: 2 * perPerson, listeners: PEOPLE, roomsPerListener: 2 * perPerson, perSecond };
};

/**
 * The long run: so many messages, while one fault after the other strikes at random, after random gaps.
 * `print` is told how it goes.
 */
export const million = (messages: number, perSecond: number, scenarios: readonly Scenario[], print: (line: string) => void): Scenario => ({
  name: 'million',
  title: `${messages} messages, and random faults all the while`,
  bound: { ms: 10_000, of: 'as of each fault' },
  quietMs: QUIET_MS,
  limitMs: LIMIT_MS,
  traffic: trafficOf(messages, perSecond),
  async run(context) {
    const { traffic, random, note } = context;
    const began = performance.now();
    const sinceBegan = (): number => performance.now() - began;
    const rate = (): string => `${Math.round(traffic.acked / (sinceBegan() / 1_000))}/s`;
    const telling = setInterval(() => print(`${at(sinceBegan())}  ${traffic.acked} acked, ${rate()}`), TOLD_EVERY_MS);
    const enough = (): boolean => traffic.acked >= messages;
    const faults = scenarios.filter(isBreakable);
    let struck = 0;
    try {
      while (!enough()) {
        const until = performance.now() + context.scaled(random.int(...GAP_MS));
        while (performance.now() < until && !enough()) await new Promise((resolve) => setTimeout(resolve, 100));
        if (enough()) break;
        const each = random.pick(faults);
        struck += 1;
        print(`${at(sinceBegan())}  ${each.name}, with ${traffic.acked} acked`);
        await breakAndHeal(each.fault, under(context, each), each.bound.ms);
      }
    } finally {
      clearInterval(telling);
    }
    note(`${traffic.acked} acked within ${at(sinceBegan())}, ${rate()}, under ${struck} faults`);
  },
});
