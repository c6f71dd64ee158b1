import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const NOW = new Date('2030-01-02T03:04:05.678Z');

it('runs everything, then pairs within a budget, under a seed of chance', () => {
  expect(parseOptions([], NOW)).toMatchObject({ million: null, only: [], list: false, pairs: null, pairsBudgetMs: 900_000, scale: 1, seed: expect.any(Number) as number });
  expect(parseOptions([], NOW).outDir).toMatch(/data\/faults\/2030-01-02T03-04-05-678Z$/);
});

it('runs only what is named, and pairs only if asked for', () => {
  expect(parseOptions(['--only', 'a,b', '--seed', '7'])).toMatchObject({ only: ['a', 'b'], pairsBudgetMs: 0, seed: 7 });
  expect(parseOptions(['--only', 'a,b', '--pairs', '3'])).toMatchObject({ pairs: 3 });
});

it('runs a million', () => {
  expect(parseOptions(['million'])).toMatchObject({ million: 1_000_000, perSecond: 500 });
  expect(parseOptions(['million', '--messages', '20000', '--per-second', '0'])).toMatchObject({ million: 20_000, perSecond: Infinity });
});

it.each([[['--seed', 'x'], '--seed'], [['--pairs', '-1'], '--pairs'], [['--scale', '0'], '--scale'], [['billion'], 'billion'], [['--what'], '--what']])('refuses %j', (args, named) => {
  expect(() => parseOptions(args)).toThrow(named);
});
