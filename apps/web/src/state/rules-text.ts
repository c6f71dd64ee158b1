import { rulesSchema, type Rule, type Rules } from '@parley/protocol';
import type { ConsoleStrings } from '@parley/ui/moderation';

export type ReadRules = { rules: Rules; problems: null } | { rules: null; problems: string[] };

const pathOf = (path: readonly PropertyKey[]): string => path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('').replace(/^\./, '');

/** What is written, as rules, or what is wrong with it and where. */
export const readRules = (text: string, { rules: words }: ConsoleStrings): ReadRules => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { rules: null, problems: [words.notJson(error instanceof Error ? error.message : String(error))] };
  }
  if (!Array.isArray(value)) return { rules: null, problems: [words.notAList] };
  const read = rulesSchema.safeParse(value);
  if (read.success) return { rules: read.data, problems: null };
  return { rules: null, problems: [...new Set(read.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${pathOf(path)}: ${message}`)))] };
};

export const writeRules = (rules: readonly unknown[]): string => JSON.stringify(rules, null, 2);

/** One of each kind, to begin with. */
export const EXAMPLES: { readonly [K in Rule['kind']]: object } = {
  words: { kind: 'words', id: 'words', action: 'reject', reason: 'Please stay polite.', words: ['badword'] },
  patterns: { kind: 'patterns', id: 'patterns', action: 'report', reason: 'Looks like a card number.', patterns: ['\\b(?:\\d[ -]?){15}\\d\\b'] },
  links: { kind: 'links', id: 'links', action: 'hide', reason: 'Links to this site are not welcome.', domains: ['spam.example'] },
  flood: { kind: 'flood', id: 'flood', action: 'reject', reason: 'A little slower, please.', count: 20, perMs: 10_000 },
  duplicates: { kind: 'duplicates', id: 'duplicates', action: 'reject', reason: 'You have said that already.', count: 3, perMs: 60_000 },
  newcomers: { kind: 'newcomers', id: 'newcomers', action: 'reject', reason: 'New members cannot post links yet.', forMs: 600_000, links: true },
};

/** Puts an example at the end, under an id that is free. Undefined where the text is no list. */
export const withExample = (text: string, kind: Rule['kind']): string | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === '' ? '[]' : text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const taken = new Set(value.map((rule) => (rule as { id?: unknown } | null)?.id));
  let id: string = kind;
  for (let n = 2; taken.has(id); n += 1) id = `${kind}-${n}`;
  return writeRules([...(value as unknown[]), { ...EXAMPLES[kind], id }]);
};
