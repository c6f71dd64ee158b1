import { RE2JS, RE2JSException } from 're2js';
import { readPattern } from './required-literals.ts';

/** Instructions of a compiled pattern: what a step over one character may cost where its automaton does not fit. */
export const MOST_INSTRUCTIONS = 500;
/** States that one stretch of a probe may add to a pattern's automaton. One that goes on growing costs a hundred times as much per character. */
const MOST_STATES = 256;
const STRETCH = 512;
/** Below so many pieces that are more than one character can be, states cannot multiply out of hand: each doubles them at most. */
const FEW = 8;
/** No pattern is about it, but one that is about everything. */
const UNSAID = '\u{10ffff}';
/** Of the pattern, made stretches of by twos. */
const LETTERS = 6;

/** Deterministic, so that a pattern that is taken once is always taken. */
const drawn = (from: readonly string[], length: number): string => {
  let state = 0x2545f491;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += from[(state >>> 16) % from.length]!;
  }
  return text;
};

const pairsOf = (letters: readonly string[]): string[][] => letters.flatMap((a, i) => letters.slice(i + 1).map((b) => [a, b]));

/** Whether the states of its automaton multiply with the text, tried on texts of its own letters. */
const growsWithText = (compiled: RE2JS, pattern: string, runs: readonly string[]): boolean => {
  const letters = [...new Set([...Array.from(runs.join('').slice(0, LETTERS)), ...(pattern.match(/[a-z0-9]/gi) ?? []), 'a', '0'])].slice(0, LETTERS);
  // Without these it is not even begun.
  const demanded = runs.join(' ');
  return pairsOf(letters).some((pair) => {
    const { dfa } = compiled.re2Input;
    const before = dfa.stateCount;
    compiled.test(`${drawn(pair, STRETCH)} ${demanded}`);
    return dfa.failed || dfa.stateCount < before || dfa.stateCount - before > MOST_STATES;
  });
};

/** How often its repetitions that are counted repeat, all together: compiled, it is at least as large. */
const countedOf = (pattern: string): number =>
  Array.from(pattern.matchAll(/(?<!\\)\{(\d{1,4})(?:,(\d{0,4}))?\}/g), ([, least, most]) => Math.max(Number(least), Number(most ?? 0))).reduce((sum, each) => sum + each, 0);

/** What is wrong with a pattern, in words for whoever wrote it; `null`: nothing. */
export const problemOfPattern = (pattern: string): string | null => {
  const counted = countedOf(pattern);
  // It would be refused, but only after it was compiled, which holds everybody up.
  if (counted > MOST_INSTRUCTIONS) return `too large: its repetitions come to ${counted}, of at most ${MOST_INSTRUCTIONS}`;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
  const size = compiled.programSize();
  if (size > MOST_INSTRUCTIONS) return `too large: it compiles to ${size} instructions, of at most ${MOST_INSTRUCTIONS}`;
  if (compiled.test('') && compiled.test(UNSAID)) return 'matches everything';
  const { runs, loose } = readPattern(pattern);
  if (loose >= FEW && growsWithText(compiled, pattern, runs)) return 'too many states: a repetition counts what may begin anywhere';
  return null;
};
