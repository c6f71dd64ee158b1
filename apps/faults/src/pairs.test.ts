import { expect, it } from 'vitest';
import { pairOf, pairsOf, whyNot } from './pairs.ts';
import { seeded } from './random.ts';
import type { FleetPlan, Part, Scenario } from './scenario.ts';

const plan = (name: string): FleetPlan => ({ name, start: () => Promise.reject(new Error('never')) });
const [one, other] = [plan('one'), plan('other')];
const breaks = (name: string, touches: Part[], fleet?: FleetPlan): Scenario =>
  ({ name, title: name, bound: { ms: 1_000, of: 'it' }, ...(fleet ? { fleet } : {}), fault: { touches, holdMs: 0, flows: true, inject: () => Promise.resolve(() => Promise.resolve()) } });
const alone: Scenario = { name: 'alone', title: 'alone', bound: { ms: 1, of: 'it' }, run: () => Promise.resolve() };

it('says why two cannot be active together', () => {
  expect(whyNot(breaks('a', ['redis']), breaks('b', ['nats']))).toBeNull();
  expect(whyNot(breaks('a', ['redis', 'nats']), breaks('b', ['nats']))).toBe('both touch the nats');
  expect(whyNot(breaks('a', ['redis'], one), breaks('b', ['nats'], other))).toBe('each needs a fleet of its own');
  expect(whyNot(breaks('a', ['redis'], one), breaks('b', ['nats']))).toBeNull();
  expect(whyNot(breaks('a', ['redis']), alone)).toMatch(/no fault/);
});

it('makes every pair that can be, each once, in an order that the seed decides', () => {
  const scenarios = [breaks('a', ['redis']), breaks('b', ['nats']), breaks('c', ['gateways']), breaks('d', ['gateways']), alone];
  const names = (seed: number): string[] => pairsOf(scenarios, seeded(seed)).map((pair) => pairOf(pair).name);
  const sorted = (each: string[]): string[] => each.map((name) => name.split('+').toSorted().join('+')).toSorted();
  expect(sorted(names(1))).toEqual(['a+b', 'a+c', 'a+d', 'b+c', 'b+d']);
  expect(names(1)).toEqual(names(1));
  expect(names(1)).not.toEqual(names(2));
});

it('runs on the fleet that one of the two needs, with a bound that has room for both', () => {
  expect(pairOf([breaks('a', ['redis']), breaks('b', ['nats'], one)])).toMatchObject({ fleet: one, bound: { ms: 2_000 } });
});

it('has the traffic of the one whose fleet it is', () => {
  const [plain, special] = [{ ...breaks('a', ['redis']), traffic: { rooms: 1 } }, { ...breaks('b', ['nats'], one), traffic: { rooms: 2 } }];
  expect(pairOf([plain, special]).traffic).toEqual({ rooms: 2 });
  expect(pairOf([special, plain]).traffic).toEqual({ rooms: 2 });
  expect(pairOf([breaks('c', ['haproxy']), plain]).traffic).toBeUndefined();
});
