import { joins } from './boundary.ts';

/** What stands for a letter: those of the second only before another letter, as they also end sentences. */
const LEET: Readonly<Record<string, string>> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g', '@': 'a', $: 's', '€': 'e', '£': 'l' };
const LEET_WITHIN: Readonly<Record<string, string>> = { '!': 'i', '+': 't' };
const ONE_OR_EL = new Set(['1', '|']);
const HAS_LEET = /[01345789@$€£!+|]/;

const isLeet = (character: string): boolean => Object.hasOwn(LEET, character) || ONE_OR_EL.has(character);

const readToken = (token: string, one: 'i' | 'l'): string => {
  // A number, or a price, is what it is.
  if (!HAS_LEET.test(token) || !/[a-z]/.test(token)) return token;
  let read = '';
  for (let i = 0; i < token.length; i += 1) {
    const character = token[i]!;
    const next = token[i + 1];
    const within = LEET_WITHIN[character];
    if (ONE_OR_EL.has(character)) read += one;
    else if (within !== undefined) read += next !== undefined && (/[a-z]/.test(next) || isLeet(next)) ? within : character;
    else read += LEET[character] ?? character;
  }
  return read;
};

/** Of a folded text, with digits and signs among letters read as the letters they stand for: both ways, where a 1 may be an i or an l. */
export const unleeted = (text: string): string[] => {
  if (!HAS_LEET.test(text)) return [];
  const tokens = text.split(' ');
  const readings = (['i', 'l'] as const).map((one) => tokens.map((token) => readToken(token, one)).join(' '));
  return [...new Set(readings)].filter((reading) => reading !== text);
};

/** Letters that stand alone, at least so many of them, with at most so much between two of them, are one word. */
const LEAST_SPACED = 3;
const MOST_BETWEEN = 3;

/** Of a folded text, the words whose letters stand apart, “s p a m” or “s.p.a.m”, put together, with spaces between them; empty if there are none. */
export const unspaced = (text: string): string => {
  const words: string[] = [];
  let chain = '';
  let gap = 0;
  let run = 0;
  let last = '';
  const endRun = (): void => {
    if (run === 1) chain += last;
    else if (run > 1) endChain();
    run = 0;
  };
  const endChain = (): void => {
    if (chain.length >= LEAST_SPACED) words.push(chain);
    chain = '';
  };
  for (const character of text) {
    if (joins(character)) {
      if (gap > MOST_BETWEEN) endChain();
      gap = 0;
      run += 1;
      last = character;
    } else {
      if (run > 0) endRun();
      gap += 1;
    }
  }
  endRun();
  endChain();
  return words.join(' ');
};
