import type { Rule } from '@parley/protocol';
import { MINUTE_MS, type CompiledRules } from './compile-rules.ts';
import { fold } from './fold/fold.ts';
import { findLinks } from './links/find-links.ts';
import { matchText } from './matching.ts';
import type { Recent, RecentMessages } from './recent/recent-messages.ts';
import { similarity, sketch } from './recent/sketch.ts';
import type { Finding, Said } from './said.ts';

type RuleOf<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

const within = (messages: readonly Recent[], at: number, forMs: number): readonly Recent[] => messages.filter((message) => message.at > at - forMs);

const floods = ({ count, perMs }: RuleOf<'flood'>, messages: readonly Recent[]): boolean => {
  const last = messages.at(-1);
  return last !== undefined && within(messages, last.at, perMs).length > count;
};

const repeats = ({ count, perMs, similarity: least }: RuleOf<'duplicates'>, messages: readonly Recent[]): boolean => {
  const last = messages.at(-1);
  if (!last?.sketch) return false;
  const { sketch: said } = last;
  return within(messages, last.at, perMs).filter((message) => message.sketch && similarity(said, message.sketch) >= least).length > count;
};

/** The later of what is known; a user of whom nothing is known is none. */
const isNew = ({ forMs }: RuleOf<'newcomers'>, { accountSince, memberSince }: Said, now: number): boolean =>
  Math.max(accountSince ?? Number.NEGATIVE_INFINITY, memberSince ?? Number.NEGATIVE_INFINITY) > now - forMs;

/**
 * The rules that something is against: of each action the first, and the first that spares nobody. The first rule that rejects
 * and spares nobody ends it. `recent`: what was said before, to which a new message is added. `now`: milliseconds since 1970.
 */
export const judge = (compiled: CompiledRules, recent: RecentMessages, said: Said, now: number): Finding[] => {
  const { rules, domains, horizonMs, comparesMessages } = compiled;
  const { text } = said;
  if (rules.length === 0) return [];
  const messages = said.kind === 'message' && horizonMs > 0 ? recent.note(said.by, said.cmid, now, horizonMs, comparesMessages ? () => sketch(fold(text)) : null) : [];
  const matching = matchText(compiled, text);
  let found: readonly string[] | null = null;
  const links = (): readonly string[] => (found ??= findLinks(text));

  const isAgainst = (rule: Rule, number: number): boolean => {
    switch (rule.kind) {
      case 'words':
      case 'patterns': return matching.finds(number);
      case 'links': {
        const hosts = links();
        const named = domains.get(number)!;
        if (rule.most !== undefined && hosts.length > rule.most) return true;
        return rule.allowOnly ? hosts.some((host) => !named.has(host)) : hosts.some((host) => named.has(host));
      }
      case 'flood': return floods(rule, messages);
      case 'duplicates': return repeats(rule, messages);
      case 'newcomers': {
        if (!isNew(rule, said, now)) return false;
        if (!rule.links && links().length > 0) return true;
        return rule.perMinute !== undefined && floods({ ...rule, kind: 'flood', count: rule.perMinute, perMs: MINUTE_MS }, messages);
      }
    }
  };

  const findings: Finding[] = [];
  for (const [number, rule] of rules.entries()) {
    const { id: ruleId, action, reason, sparesModerators } = rule;
    if (findings.some((finding) => finding.action === action && (!finding.sparesModerators || sparesModerators))) continue;
    if (!isAgainst(rule, number)) continue;
    findings.push({ ruleId, action, reason, sparesModerators });
    if (action === 'reject' && !sparesModerators) break;
  }
  return findings;
};
