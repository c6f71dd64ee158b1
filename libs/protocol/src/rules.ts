import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { nameSchema } from './ids.ts';

const encoder = new TextEncoder();
const ruleId = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, 'not up to 64 lower-case letters, digits and dashes');
/** `reject`: the sender is told, nothing is appended. `hide`: it is appended, and hidden at once. `report`: it is appended, and put into the queue. */
export const ruleActionSchema = z.enum(['reject', 'hide', 'report']);
export type RuleAction = z.infer<typeof ruleActionSchema>;

const common = {
  id: ruleId,
  action: ruleActionSchema,
  /** Told to the sender. */
  reason: nameSchema(LIMITS.reasonLength),
  /** Moderators of the room, and admins, are not held to it. Default true. */
  sparesModerators: z.boolean().default(true),
};

export const ruleSchema = z.discriminatedUnion('kind', [
  /** Words or phrases, compared after folding (case, width, accents, confusables), at word boundaries unless `anywhere`. */
  z.object({ kind: z.literal('words'), ...common, words: z.array(z.string().trim().min(1).max(LIMITS.ruleWordLength)).min(1).max(LIMITS.rulePatterns), anywhere: z.boolean().default(false) }),
  /** Regular expressions of RE2, which takes time linear in the text; over the text as it is and as it is folded. */
  z.object({ kind: z.literal('patterns'), ...common, patterns: z.array(z.string().min(1).max(LIMITS.rulePatternLength)).min(1).max(LIMITS.rulePatterns) }),
  /** Links: to any of `domains` (and their subdomains), or with `allowOnly` to any other; or more than `most` of them. */
  z.object({ kind: z.literal('links'), ...common, domains: z.array(z.string().trim().min(1).max(253)).max(LIMITS.rulePatterns).default([]), allowOnly: z.boolean().default(false), most: z.number().int().min(0).max(1_000).optional() }),
  /** More than `count` messages of one user in `perMs`, over all rooms of a gateway. */
  z.object({ kind: z.literal('flood'), ...common, count: z.number().int().min(1).max(1_000), perMs: z.number().int().min(1_000).max(3_600_000) }),
  /** More than `count` messages of one user in `perMs` that are nearly the same: at least `similarity` of their word shingles in common. */
  z.object({ kind: z.literal('duplicates'), ...common, count: z.number().int().min(1).max(100), perMs: z.number().int().min(1_000).max(3_600_000), similarity: z.number().min(0.5).max(1).default(0.8) }),
  /** Whose account is younger than `forMs`, or who has been a member of the room for less: no links unless `links`, and at most `perMinute` messages a minute. */
  z.object({ kind: z.literal('newcomers'), ...common, forMs: z.number().int().min(1_000).max(30 * 86_400_000), links: z.boolean().default(false), perMinute: z.number().int().min(0).max(1_000).optional() }),
]);
export type Rule = z.infer<typeof ruleSchema>;

/** All of them, held against a message in this order; the first that rejects ends it. */
export const rulesSchema = z.array(ruleSchema).max(LIMITS.rules)
  .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have the same id')
  .refine((rules) => rules.reduce((sum, rule) => sum + ('words' in rule ? rule.words.length : 'patterns' in rule ? rule.patterns.length : 'domains' in rule ? rule.domains.length : 0), 0) <= LIMITS.rulePatterns, 'too many words, patterns and domains')
  .refine((rules) => encoder.encode(JSON.stringify(rules)).length <= LIMITS.ruleBytes, { message: `over ${LIMITS.ruleBytes} bytes of JSON`, params: { tooLarge: true } });
export type Rules = z.infer<typeof rulesSchema>;
