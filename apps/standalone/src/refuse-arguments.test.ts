import { expect, test } from 'vitest';
import { refusalOf } from './refuse-arguments.ts';

test('several workers are refused with where they can be had, and what is not known by its name', () => {
  expect(refusalOf([])).toBeNull();
  expect(refusalOf(['--workers', '1'])).toBeNull();
  expect(refusalOf(['--workers', '2'])).toContain('npm run cluster -- --workers N');
  expect(refusalOf(['--workers=auto'])).toContain('one process');
  expect(refusalOf(['--worker', '2'])).toContain('--worker');
});
