import type { Rule, Rules } from '@parley/protocol';
import { readings } from './fold/fold.ts';
import { domainOf } from './links/domains.ts';
import { problemOfPattern } from './patterns/check-pattern.ts';
import { readPattern } from './patterns/required-literals.ts';
import type { RuleProblem } from './rule-problem.ts';

/** Patterns that require no text of three letters or more: every message is held against each of them. */
export const MOST_UNFILTERED = 50;
/** Problems told at once. */
const MOST_TOLD = 20;

const problemOfWord = (word: string): string | null => (readings(word).some((reading) => reading.trim() === '') ? 'nothing is left of it when it is folded' : null);
const problemOfDomain = (domain: string): string | null => (domainOf(domain) === null ? 'not a domain' : null);

const problemOfRule = (rule: Rule): string | null => {
  if (rule.kind === 'links' && rule.domains.length === 0 && !rule.allowOnly && rule.most === undefined) return 'holds nothing against anybody: name domains, or how many links at most';
  if (rule.kind === 'newcomers' && rule.links && rule.perMinute === undefined) return 'holds nothing against anybody: forbid links, or say how many messages a minute';
  return null;
};

/** What is wrong with rules that are of the right shape. Yields between entries, for whoever has others waiting. */
export const checkRules = function* (rules: Rules): Generator<undefined, RuleProblem[]> {
  const problems: RuleProblem[] = [];
  let unfiltered = 0;
  for (const rule of rules) {
    const { id: ruleId } = rule;
    const note = (index: number | null, reason: string | null): void => { if (reason !== null) problems.push({ ruleId, index, reason }); };
    note(null, problemOfRule(rule));
    if (rule.kind === 'words') for (const [index, word] of rule.words.entries()) note(index, problemOfWord(word));
    if (rule.kind === 'links') for (const [index, domain] of rule.domains.entries()) note(index, problemOfDomain(domain));
    if (rule.kind === 'patterns') {
      for (const [index, pattern] of rule.patterns.entries()) {
        yield;
        note(index, problemOfPattern(pattern));
        if (readPattern(pattern).literals !== null) continue;
        unfiltered += 1;
        if (unfiltered > MOST_UNFILTERED) note(index, `the rules have more than ${MOST_UNFILTERED} patterns that require no text of three letters: every message would be held against each`);
        if (problems.length >= MOST_TOLD) return problems.slice(0, MOST_TOLD);
      }
    }
    yield;
    if (problems.length >= MOST_TOLD) return problems.slice(0, MOST_TOLD);
  }
  return problems;
};
