import { rulesSchema, type RuleAction, type UserId } from '@parley/protocol';
import { compileRules, finish, judge, RecentMessages, type CompiledRules, type Said } from '../index.ts';

export const ann = `u${'a'.repeat(26)}` as UserId;

const said = { kind: 'message', by: ann, cmid: 'c', accountSince: null, memberSince: null } as const;

/** Rules as they are written, with what all have filled in. */
export const compiled = (...rules: ({ id?: string; action?: RuleAction } & Record<string, unknown>)[]): CompiledRules =>
  finish(compileRules(rulesSchema.parse(rules.map((rule, i) => ({ id: `r${i}`, action: 'reject', reason: `reason ${i}`, ...rule })))));

/** The ids of the rules that a text is against. */
export const against = (rules: CompiledRules, text: string, more: Partial<Said> = {}, recent = new RecentMessages(), now = 0): string[] =>
  judge(rules, recent, { ...said, text, ...more }, now).map(({ ruleId }) => ruleId);
