import { expect, test } from 'vitest';
import { durationOf } from './duration.ts';

test.each([['90s', 90_000], ['30m', 1_800_000], ['30min', 1_800_000], ['12h', 43_200_000], ['2d', 172_800_000], ['4w', 2_419_200_000], ['3650d', 315_360_000_000]])('%s is %d ms', (text, ms) => {
  expect(durationOf('for', text)).toBe(ms);
});

test.each(['', '2', 'd', '2 d', '-1d', '1.5h', '0s', '2y', '3651d', '2d3h', '99999999999d'])('“%s” is refused', (text) => {
  expect(() => durationOf('for', text)).toThrow('--for wants a time');
});
