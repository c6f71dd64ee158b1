import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const defaults = { gateways: 2, persistence: 2 };

test('counts come from the flags, else from the defaults', () => {
  expect(parseOptions([], defaults)).toEqual(defaults);
  expect(parseOptions(['--gateways', '4'], defaults)).toEqual({ gateways: 4, persistence: 2 });
  expect(parseOptions(['--persistence=1'], defaults)).toEqual({ gateways: 2, persistence: 1 });
});

test.each([['--gateways', '0'], ['--gateways', 'many'], ['--persistence', '65'], ['--gateway', '2']])('%s %s is refused by name', (flag, value) => {
  expect(() => parseOptions([flag, value], defaults)).toThrow(flag);
});
