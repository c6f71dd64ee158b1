import { expect, test } from 'vitest';
import { timeOf } from './times.ts';

const NOW = Date.parse('2026-05-10T00:00:00Z');

test.each([
  ['2026-05-01', Date.parse('2026-05-01T00:00:00Z')], ['2026-05-01T12:00:00Z', Date.parse('2026-05-01T12:00:00Z')], ['90min', NOW - 5_400_000], ['12h', NOW - 43_200_000], ['7d', NOW - 604_800_000],
])('%s is a time', (text, at) => {
  expect(timeOf('since', text, NOW)).toBe(at);
});

test.each(['', 'yesterday', '7', '7w', '2026-13-01', '-1d'])('%j is none', (text) => {
  expect(() => timeOf('since', text, NOW)).toThrow('--since wants a time');
});

test('no time is no time', () => {
  expect(timeOf('since', undefined)).toBeUndefined();
});
