export { checkRules, MOST_UNFILTERED } from './check-rules.ts';
export { compileRules, type CompiledRules } from './compile-rules.ts';
export { finish } from './finish.ts';
export { fold } from './fold/fold.ts';
export { judge } from './judge.ts';
export { RecentMessages, type RecentBounds } from './recent/recent-messages.ts';
export { describeProblem, type RuleProblem } from './rule-problem.ts';
export type { Finding, Said } from './said.ts';
export { similarity, sketch, type Sketch } from './recent/sketch.ts';
