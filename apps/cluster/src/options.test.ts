import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const defaults = { gateways: 2, persistence: 2, moderation: 1, workers: '1' };

test('counts come from the flags, else from the defaults', () => {
  expect(parseOptions([], defaults)).toEqual(defaults);
  expect(parseOptions(['--gateways', '4'], defaults)).toEqual({ ...defaults, gateways: 4 });
  expect(parseOptions(['--persistence=1'], defaults)).toEqual({ ...defaults, persistence: 1 });
  expect(parseOptions(['--moderation', '0'], defaults), 'nobody looks').toEqual({ ...defaults, moderation: 0 });
  expect(parseOptions(['--workers', '3'], defaults).workers).toBe('3');
  expect(parseOptions(['--workers', 'auto'], defaults).workers).toBe('auto');
});

test.each([['--gateways', '0'], ['--gateways', 'many'], ['--persistence', '65'], ['--gateway', '2'], ['--workers', 'some'], ['--workers', '65']])('%s %s is refused by name', (flag, value) => {
  expect(() => parseOptions([flag, value], defaults)).toThrow(flag);
});
