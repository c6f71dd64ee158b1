import type { CompiledRules } from './compile-rules.ts';
import { readings } from './fold/fold.ts';
import { isBoundary } from './words/boundary.ts';
import { unleeted, unspaced } from './words/disguises.ts';
import { spells, squeeze, type Squeezed } from './words/squeezed.ts';

/** Letters that stand apart spell no shorter word than this. */
const SHORTEST_SPACED = 3;

/** What the words and patterns of all rules find in a text, in one pass for each way to read it. */
export type Matching = {
  /** Whether a rule of words, or of patterns, finds anything. */
  finds(rule: number): boolean;
};

export const matchText = ({ automaton, terms, patterns, unfiltered }: CompiledRules, text: string): Matching => {
  const byWord = new Set<number>();
  const candidates = new Map<number, Set<number>>();
  const scan = (view: Squeezed, how: 'read' | 'disguised' | 'spaced'): void => {
    automaton.scan(view.units, view.length, (number, end) => {
      const term = terms[number]!;
      if (term.kind === 'literal') {
        if (how !== 'read') return;
        const known = candidates.get(term.rule);
        if (known) known.add(term.pattern);
        else candidates.set(term.rule, new Set([term.pattern]));
        return;
      }
      if (byWord.has(term.rule)) return;
      const { spelling } = term;
      const start = end + 1 - spelling.length;
      const loose = term.anywhere || how === 'spaced';
      if (how === 'spaced' && spelling.length < SHORTEST_SPACED) return;
      if (!spells(view, start, spelling, loose)) return;
      if (loose || (isBoundary(view, start) && isBoundary(view, end + 1))) byWord.add(term.rule);
    });
  };
  const read = readings(text);
  for (const reading of read) scan(squeeze(reading), 'read');
  for (const reading of unleeted(read[0]!)) scan(squeeze(reading), 'disguised');
  const spaced = unspaced(read[0]!);
  if (spaced !== '') scan(squeeze(spaced), 'spaced');

  let looking: ReturnType<typeof patterns.begin> | null = null;
  const matches = (rule: number): boolean => {
    const likely = candidates.get(rule);
    const always = unfiltered.get(rule);
    if (!likely && !always) return false;
    const look = (looking ??= patterns.begin([...new Set([text, ...read])]));
    return (always?.some((pattern) => look.unbounded(pattern)) ?? false) || (likely !== undefined && [...likely].some((pattern) => look.matches(pattern)));
  };
  return { finds: (rule) => byWord.has(rule) || matches(rule) };
};
