import { describe, expect, it } from 'vitest';
import { rulesSchema } from '@parley/protocol';
import { checkRules } from './check-rules.ts';
import { finish } from './finish.ts';
import { against, compiled } from './testing/rules.ts';

/** What makes a backtracking engine hang, with a text that does. */
const CORPUS: readonly [pattern: string, text: string][] = [
  ['^(a+)+$', `${'a'.repeat(16_000)}!`],
  ['^(a|a)*$', `${'a'.repeat(16_000)}!`],
  ['^(a|aa)+$', `${'a'.repeat(16_000)}!`],
  ['^([a-zA-Z]+)*$', `${'a'.repeat(16_000)}!`],
  ['(.*a){20}x', 'a'.repeat(16_000)],
  ['(x+x+)+y', 'x'.repeat(16_000)],
  ['^(\\w+\\s?)*$', `${'a '.repeat(8_000)}!`],
  ['^(?:.*,){11}P', '1,'.repeat(8_000)],
  ['<script[^>]*>.*?</script[^>]*>', '<script>'.repeat(2_000)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(16_000)],
  ['^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$', `${'a'.repeat(16_000)}!`],
  ['\\s+$', `${' '.repeat(15_999)}x`],
  ['(?i)\\b(\\d+)*[^\\d]+\\d+z', '1'.repeat(16_000)],
  ['^((ab)*)+$', `${'ab'.repeat(8_000)}!`],
  ['(a?){64}a{64}$', `${'a'.repeat(16_000)}b`],
];
/** A backtracking engine would take longer than the universe. A tenth of it is what it takes where nothing else runs. */
const WITHIN_MS = 1_000;

describe('patterns that make others hang', () => {
  it.each(CORPUS)('%s takes time linear in the text', (pattern, text) => {
    const rules = compiled({ kind: 'patterns', patterns: [pattern] });
    const began = performance.now();
    against(rules, text);
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
  });

  it.each([
    ['(?i)(a|b)*a(a|b){20}c', 'too many states'], ['[ab]*a[ab]{30}$', 'too many states'], ['(\\w\\s?){600}', 'too large'], ['a{1001}', 'too large'], ['\\pL{1,1000}', 'too large'], ['((a{9}){9}){9}', 'too large'], ['(?=a)b', 'invalid'], ['(a)\\1', 'invalid'],
    ['(unclosed', 'missing'], ['a*', 'matches everything'], ['(?<!a)b', 'invalid'],
  ])('%s is not taken: %s', (pattern, reason) => {
    const problems = finish(checkRules(rulesSchema.parse([{ id: 'x', kind: 'patterns', action: 'reject', reason: 'r', patterns: ['fine', pattern] }])));
    expect(problems).toEqual([{ ruleId: 'x', index: 1, reason: expect.stringContaining(reason) }]);
  });

  it('are taken if they are linear and small', () => {
    const patterns = CORPUS.map(([pattern]) => pattern);
    const problems = finish(checkRules(rulesSchema.parse([{ id: 'x', kind: 'patterns', action: 'reject', reason: 'r', patterns }])));
    expect(problems.map(({ index, reason }) => `${patterns[index!]}: ${reason}`)).toEqual([]);
  });
});

it('takes no more patterns that every message is held against than there is time for', () => {
  const patterns = Array.from({ length: 51 }, (_, i) => `\\d{${i + 1}}[a-z]`);
  expect(finish(checkRules(rulesSchema.parse([{ id: 'x', kind: 'patterns', action: 'reject', reason: 'r', patterns }])))).toEqual([{ ruleId: 'x', index: 50, reason: expect.stringContaining('more than 50') }]);
});

it('takes no words nor domains that are none, and no rules that hold nothing against anybody', () => {
  const rules = rulesSchema.parse([
    { id: 'w', kind: 'words', action: 'reject', reason: 'r', words: ['fine', '\u200b\u0301'] }, { id: 'd', kind: 'links', action: 'reject', reason: 'r', domains: ['https://x.com'] },
    { id: 'l', kind: 'links', action: 'reject', reason: 'r' }, { id: 'n', kind: 'newcomers', action: 'reject', reason: 'r', forMs: 1_000, links: true },
  ]);
  expect(finish(checkRules(rules)).map(({ ruleId, index }) => [ruleId, index])).toEqual([['w', 1], ['d', 0], ['l', null], ['n', null]]);
});

it('stays quick on a message made to meet every word and to be read in every way', () => {
  const rules = compiled(
    { kind: 'words', words: Array.from({ length: 5_000 }, (_, i) => `w${i.toString(26)}x`) }, { kind: 'patterns', patterns: Array.from({ length: 5_000 }, (_, i) => `(?i)lit${i.toString(26)}\\b.*zz$`) },
    { kind: 'links', most: 5 }, { kind: 'duplicates', count: 5, perMs: 60_000 },
  );
  const texts = [
    Array.from({ length: 2_500 }, (_, i) => `lit${i.toString(26)}`).join(' ').slice(0, 16_000), '1 l | $ '.repeat(2_000), 'Ηa1 '.repeat(4_000), '\ufdfa'.repeat(5_400), 'a.co '.repeat(3_200), 'w '.repeat(8_000), 'Η.1.'.repeat(4_000),
  ];
  for (const text of texts) {
    const began = performance.now();
    against(rules, text);
    expect(performance.now() - began, text.slice(0, 20)).toBeLessThan(2 * WITHIN_MS);
  }
});
