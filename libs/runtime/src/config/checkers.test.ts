import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from './load.ts';

const GOOD = { name: 'toxicity', url: 'https://checks.example/v1', secret: 'sixteen characters' };
const of = (...checkers: object[]) => loadConfig('moderation', { CHECKERS: JSON.stringify(checkers) }).checkers;
const refusal = (text: string): string => {
  try {
    loadConfig('moderation', { CHECKERS: text });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('accepted, or refused in another way');
};

test('a checker needs a name, an address and a secret; the rest has defaults', () => {
  expect(of()).toEqual([]);
  expect(of(GOOD)).toEqual([{ ...GOOD, timeoutMs: 1_000, weight: 100, onAway: 'pass', concurrency: 16 }]);
  expect(of({ ...GOOD, onAway: 'hold', timeoutMs: 200, weight: 60, concurrency: 1 })).toMatchObject([{ onAway: 'hold', timeoutMs: 200, weight: 60, concurrency: 1 }]);
});

test.each([
  ['no JSON', '[{"secret":"hunter2-hunter2-hunter2"'],
  ['no list', '{}'],
  ['a short secret', JSON.stringify([{ ...GOOD, secret: 'hunter2' }])],
  ['another scheme', JSON.stringify([{ ...GOOD, url: 'file:///hunter2' }])],
  ['credentials in the address', JSON.stringify([{ ...GOOD, url: 'https://me:hunter2@checks.example' }])],
  ['one name twice', JSON.stringify([GOOD, { ...GOOD, secret: 'hunter2-hunter2-hunter2' }])],
  ['an unknown field', JSON.stringify([{ ...GOOD, onaway: 'hunter2' }])],
  ['an unknown way to be away', JSON.stringify([{ ...GOOD, onAway: 'hunter2' }])],
])('%s is refused, and its values are not told', (_, text) => {
  const message = refusal(text);
  expect(message).toContain('CHECKERS:');
  expect(message).not.toContain('hunter2');
  expect(message).not.toContain('sixteen');
});
