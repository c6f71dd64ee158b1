import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { fold } from '../fold/fold.ts';
import { squeeze, unitsOf } from '../words/squeezed.ts';
import { readPattern } from './required-literals.ts';

it.each([
  ['(?i)free\\s+money', ['money']],
  ['\\b(viagra|cialis)\\b', ['viagra', 'cialis']],
  ['buy(?:ing)? followers?', [' folower']],
  ['Straße', ['strase']],
  ['x{3}yes', ['yes']],
  ['abc?def', ['def']],
  ['(abc)?xy', null],
  ['(abc|)', null],
  ['[a-z]{10}', null],
  ['\\x41bcdef', ['bcdef']],
  ['\\x{41}{2}bcd', ['bcd']],
  ['\\Qa.b+c\\E*', ['a.b+']],
  ['[]x]abc[^]y]', ['abc']],
  ['[[:alpha:]]abc', ['abc']],
  ['\\d\\.com', ['.com']],
  ['(?P<name>hello)', ['helo']],
  ['купить', ['купить']],
  ['加微信', ['加微信']],
  ['a|b|cde', null],
])('of %s requires %j', (pattern, literals) => {
  expect(readPattern(pattern).literals).toEqual(literals === null ? null : literals.map((each) => unitsOf(squeeze(fold(each)))));
});

/** A pattern, and a text that it matches. */
type Sampled = { source: string; sample: string };
const ATOMS: readonly [string, string][] = [
  ['a', 'a'], ['b', 'B'], ['K', '\u212a'], ['ſ', 's'], ['s', 'ſ'], ['ß', 'ẞ'], ['é', 'É'], ['я', 'Я'], ['Σ', 'ς'], ['σ', 'Σ'], ['\\.', '.'], ['\\*', '*'], ['.', 'x'], ['\\d', '7'], ['[ab]', 'b'], ['[^a]', 'c'], ['[]a]', ']'],
  ['\\x{6b}', 'k'], ['\\x6b', 'k'], ['\\QaK+\\E', 'aK+'], ['\\pL', 'ж'], ['加', '加'], ['😀', '😀'], ['7', '7'], [' ', ' '], ['\\B', ''], ['(?:)', ''], ['[[:digit:]x]', '5'], ['\\Q\\E', ''],
];
const REPEATED: readonly [string, number][] = [['', 1], ['', 1], ['', 1], ['', 1], ['*', 0], ['*', 2], ['+', 2], ['?', 0], ['?', 1], ['{2}', 2], ['{0,2}', 0], ['{1,}', 3], ['*?', 0], ['+?', 1], ['{1,2}?', 2]];
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'K', 'ß', 'é', 'я'), minLength: 2, maxLength: 5 });
const { pattern } = fc.letrec<{ pattern: Sampled; branch: Sampled; piece: Sampled }>((tie) => ({
  pattern: fc.tuple(fc.array(tie('branch'), { minLength: 1, maxLength: 3 }), fc.nat()).map(([branches, n]) => ({ source: branches.map(({ source }) => source).join('|'), sample: branches[n % branches.length]!.sample })),
  branch: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => ({ source: pieces.map(({ source }) => source).join(''), sample: pieces.map(({ sample }) => sample).join('') })),
  piece: fc.tuple(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...ATOMS).map(([source, sample]) => ({ source, sample })),
      letters.map((source) => ({ source, sample: source })),
      fc.tuple(fc.constantFrom('(', '(?:', '(?i:', '(?P<n>', '(?s-i:'), tie('pattern')).map(([open, { source, sample }]) => ({ source: `${open}${source})`, sample })),
    ),
    fc.constantFrom(...REPEATED),
  ).map(([{ source, sample }, [times, n]]) => ({ source: source + times, sample: Array.from(source).length > 1 && !/[)\]}E]$/.test(source) && !source.startsWith('\\') ? sample.slice(0, -1) + sample.slice(-1).repeat(n) : sample.repeat(n) })),
}));

it('requires nothing that a match may be without', () => {
  let required = 0;
  fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'K', ' ', '\n', '\u200b') }), fc.string({ unit: fc.constantFrom('a', 'K', ' ', '\u0301') }), ({ source, sample }, before, after) => {
    let compiled: RE2JS;
    try {
      compiled = RE2JS.compile(`(?i)${source}`);
    } catch {
      return;
    }
    const { literals } = readPattern(`(?i)${source}`);
    const text = before + sample + after;
    if (!literals || !compiled.test(text)) return;
    required += 1;
    const scanned = unitsOf(squeeze(fold(text)));
    expect(literals.some((literal) => scanned.includes(literal)), `${source} in ${JSON.stringify(text)}: ${literals.join(' | ')}`).toBe(true);
  }), { numRuns: 600 });
  expect(required).toBeGreaterThan(60);
});

it('folds alike what RE2 takes for the same in another case', () => {
  const apart: string[] = [];
  for (let codePoint = 0x80; codePoint <= 0x1ffff; codePoint += 1) {
    const character = String.fromCodePoint(codePoint);
    if (!/^\p{L}$/u.test(character)) continue;
    for (const other of new Set([character.toLowerCase(), character.toUpperCase()])) {
      if (other === character || Array.from(other).length > 1 || fold(other) === fold(character)) continue;
      if (RE2JS.compile(`(?i)^${other}$`).test(character)) apart.push(`${character}${other}`);
    }
  }
  expect(apart).toEqual([]);
});
