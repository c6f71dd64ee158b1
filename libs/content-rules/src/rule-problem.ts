/** Why rules are not taken. */
export type RuleProblem = {
  ruleId: string;
  /** The word, pattern or domain, counted from 0; `null`: the rule as a whole. */
  index: number | null;
  /** In words, for whoever wrote it. */
  reason: string;
};

export const describeProblem = ({ ruleId, index, reason }: RuleProblem): string => `rule ${ruleId}${index === null ? '' : `, entry ${index}`}: ${reason}`;
