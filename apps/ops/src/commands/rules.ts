import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { checkRules, describeProblem, finish } from '@parley/content-rules';
import { rulesSchema, type Rule, type Rules } from '@parley/protocol';
import { command, noOperands, operandOf, type Command } from '../command.ts';
import { EXIT, OpsError } from '../exit-codes.ts';

const entriesOf = (rule: Rule): number => ('words' in rule ? rule.words.length : 'patterns' in rule ? rule.patterns.length : 'domains' in rule ? rule.domains.length : 0);

const show = command({
  name: 'rules show', summary: 'The rules that messages are held against, and their version.', operands: '', options: {},
  details: ['', 'With --json, whole: what is under "rules" can be changed and loaded again.'],
  run: async ({ positionals }, { target, out }) => {
    noOperands(positionals);
    const { version, rules } = await (await target.moderation()).rules();
    out.list('rules', rules, [
      { title: 'RULE', value: ({ id }) => id },
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'ACTION', value: ({ action }) => action },
      { title: 'ENTRIES', align: 'right', value: entriesOf },
      { title: 'REASON', value: ({ reason }) => reason, maxWidth: 60 },
    ], { version });
    out.note(`version ${version}`);
    return EXIT.ok;
  },
});

const readRules = async (path: string): Promise<Rules> => {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new OpsError(EXIT.usage, `${path} cannot be read, or is no JSON`, { cause });
  }
  // As `show` writes them, too.
  const parsed = rulesSchema.safeParse(typeof json === 'object' && json !== null && 'rules' in json ? json.rules : json);
  if (!parsed.success) throw new OpsError(EXIT.usage, parsed.error.issues.slice(0, 3).map(({ path: where, message }) => `${where.map(String).join('.')}: ${message}`).join('; '));
  const [problem] = finish(checkRules(parsed.data));
  if (problem) throw new OpsError(EXIT.usage, describeProblem(problem));
  return parsed.data;
};

const load = command({
  name: 'rules load', summary: 'Replaces the rules that messages are held against.', operands: 'FILE', options: {},
  details: ['', 'FILE is a JSON array of rules, as docs/rules.md tells, or what `rules show --json` has written. In force within a second.'],
  run: async ({ positionals }, { target, out }) => {
    const rules = await readRules(operandOf('file', positionals));
    const moderation = await target.moderation();
    const now = await moderation.rules();
    const version = isDeepStrictEqual(now.rules, rules) ? now.version : await moderation.saveRules(now.version, rules, null);
    if (version === null) throw new OpsError(EXIT.tryLater, 'the rules were changed meanwhile: look at them, and load again');
    out.item({ version, rules: rules.length }, `${rules.length} rules, version ${version}`);
    return EXIT.ok;
  },
});

export const rules: readonly Command[] = [show, load];
