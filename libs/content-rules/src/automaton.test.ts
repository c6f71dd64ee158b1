import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Automaton } from './automaton.ts';
import { finish } from './finish.ts';

const found = (words: readonly string[], text: string): string[] => {
  const hits: string[] = [];
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i += 1) units[i] = text.charCodeAt(i);
  finish(Automaton.build(words)).scan(units, text.length, (word, end) => hits.push(`${word}@${end}`));
  return hits.sort();
};

const byHand = (words: readonly string[], text: string): string[] =>
  words.flatMap((word, number) => Array.from({ length: text.length }, (_, end) => (text.slice(0, end + 1).endsWith(word) ? [`${number}@${end}`] : [])).flat()).sort();

it('finds every word wherever it stands, overlapping or within another', () => {
  expect(found(['he', 'she', 'his', 'hers', 'he'], 'ushers')).toEqual(byHand(['he', 'she', 'his', 'hers', 'he'], 'ushers'));
  fc.assert(fc.property(
    fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\ud83d'), minLength: 1, maxLength: 5 }), { maxLength: 20 }),
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', 'x'), maxLength: 40 }),
    (words, text) => { expect(found(words, text)).toEqual(byHand(words, text)); },
  ));
});
