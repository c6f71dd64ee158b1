import { describe, expect, it } from 'vitest';
import { rulesSchema } from '@parley/protocol';
import { enConsole as en } from '@parley/ui/strings/en-console';
import { EXAMPLES, readRules, withExample, writeRules } from './rules-text.ts';

describe('rules as text', () => {
  it('are read as they are written', () => {
    const rules = rulesSchema.parse(Object.values(EXAMPLES));
    expect(readRules(writeRules(rules), en)).toEqual({ rules, problems: null });
  });

  it('say what is wrong, and where', () => {
    expect(readRules('[', en).problems?.[0]).toMatch(/^Not JSON/);
    expect(readRules('{}', en).problems).toEqual([en.rules.notAList]);
    expect(readRules(JSON.stringify([{ ...EXAMPLES.words, words: [] }]), en).problems?.[0]).toMatch(/^\[0\]\.words: /);
    expect(readRules(JSON.stringify([EXAMPLES.words, EXAMPLES.words]), en).problems).toEqual(['two rules have the same id']);
  });

  it('take an example under an id that is free, and leave alone what is no list', () => {
    const twice = withExample(withExample('', 'links') ?? '', 'links') ?? '';
    expect((JSON.parse(twice) as { id: string }[]).map(({ id }) => id)).toEqual(['links', 'links-2']);
    expect(readRules(twice, en).problems).toBeNull();
    expect(withExample('not a list', 'links')).toBeUndefined();
  });
});
