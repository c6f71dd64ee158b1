import type { Rule, Rules } from '@parley/protocol';
import { Automaton } from './automaton.ts';
import { readings } from './fold/fold.ts';
import { Domains } from './links/domains.ts';
import { PatternSet } from './patterns/pattern-set.ts';
import { readPattern } from './patterns/required-literals.ts';
import { squeeze, unitsOf, type Squeezed } from './words/squeezed.ts';

/** Entries between two yields. */
const AT_ONCE = 100;

/** What an end of the automaton stands for. */
export type Term =
  | { kind: 'word'; rule: number; spelling: Squeezed; anywhere: boolean }
  | { kind: 'literal'; rule: number; pattern: number };

/** Rules, ready to be held against messages. */
export type CompiledRules = {
  rules: Rules;
  terms: readonly Term[];
  automaton: Automaton;
  patterns: PatternSet;
  /** By rule: its patterns that every message is held against. */
  unfiltered: ReadonlyMap<number, readonly number[]>;
  domains: ReadonlyMap<number, Domains>;
  /** How long what a user says is remembered, milliseconds; 0: not at all. */
  horizonMs: number;
  comparesMessages: boolean;
};

export const MINUTE_MS = 60_000;

const horizonOf = (rule: Rule): number => {
  if (rule.kind === 'flood' || rule.kind === 'duplicates') return rule.perMs;
  return rule.kind === 'newcomers' && rule.perMinute !== undefined ? MINUTE_MS : 0;
};

/** `rules` must have passed `checkRules`. Yields now and then: with ten thousand patterns it is a few hundred milliseconds of work, a few of them at a time. */
export const compileRules = function* (rules: Rules): Generator<undefined, CompiledRules> {
  const terms: Term[] = [];
  const texts: string[] = [];
  const sources: string[] = [];
  const unfiltered = new Map<number, number[]>();
  const domains = new Map<number, Domains>();
  let entries = 0;
  const pauses = (): boolean => {
    entries += 1;
    return entries % AT_ONCE === 0;
  };
  for (const [rule, each] of rules.entries()) {
    if (pauses()) yield;
    if (each.kind === 'links') domains.set(rule, new Domains(each.domains));
    if (each.kind === 'words') {
      for (const word of each.words) {
        for (const reading of readings(word)) {
          const spelling = squeeze(reading.trim());
          if (spelling.length === 0) continue;
          terms.push({ kind: 'word', rule, spelling, anywhere: each.anywhere });
          texts.push(unitsOf(spelling));
        }
        if (pauses()) yield;
      }
    }
    if (each.kind === 'patterns') {
      const always: number[] = [];
      for (const source of each.patterns) {
        const pattern = sources.push(source) - 1;
        const { literals } = readPattern(source);
        if (literals === null) always.push(pattern);
        for (const literal of literals ?? []) {
          terms.push({ kind: 'literal', rule, pattern });
          texts.push(literal);
        }
        if (pauses()) yield;
      }
      if (always.length > 0) unfiltered.set(rule, always);
    }
  }
  return {
    rules, terms, unfiltered, domains,
    automaton: yield* Automaton.build(texts),
    patterns: new PatternSet(sources),
    horizonMs: Math.max(0, ...rules.map(horizonOf)),
    comparesMessages: rules.some(({ kind }) => kind === 'duplicates'),
  };
};
