import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCENARIOS } from './registry.ts';

const files = readdirSync(new URL('scenarios', import.meta.url)).map((name) => name.replace(/\.ts$/, ''));

it('has every scenario that there is a file of, once, under the name of its file', () => {
  expect(SCENARIOS.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
});

it.each(SCENARIOS.map((each) => [each.name, each] as const))('%s says what it breaks, and what recovers within what', (_, each) => {
  const { title, bound, fault } = each;
  expect(title).not.toBe('');
  expect(bound.ms).toBeGreaterThan(0);
  expect(bound.of).not.toBe('');
  expect(fault !== undefined || 'run' in each).toBe(true);
  if (fault) expect(fault.touches).not.toEqual([]);
});

it('has those with the same fleet side by side, so that none is started twice', () => {
  const plans = SCENARIOS.map(({ fleet }) => fleet?.name ?? 'plain');
  expect(plans.filter((plan, n) => plan !== plans[n - 1])).toHaveLength(new Set(plans).size);
});
