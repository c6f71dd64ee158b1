import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { RecentMessages } from './recent/recent-messages.ts';
import { against, ann, compiled } from './testing/rules.ts';

const words = (...list: string[]) => compiled({ kind: 'words', words: list });
const isAgainst = (rules: ReturnType<typeof compiled>, text: string): boolean => against(rules, text).length > 0;

describe('words', () => {
  const rules = words('casino', 'hello kitty', 'ass', '赌场', 'сука', 'нет', 'straße', 'c++', '18+');

  it.each([
    'Casino', 'a CASINO!', 'hello   Kitty', 'hello\nkitty', '去赌场玩', 'СУКА', 'Strasse', 'I like C++', 'НЕТ', '18+',
    // Confusables, whole and in part.
    'саsіnо', 'сasinо', 'ϲаѕіոο', '𝓬𝓪𝓼𝓲𝓷𝓸', '𝖈𝖆𝖘𝖎𝖓𝖔', 'ⓒⓐⓢⓘⓝⓞ', '🅲🅰🆂🅸🅽🅾', 'ᴄᴀsɪɴᴏ', '🇨🇦🇸🇮🇳🇴', 'ＣＡＳＩＮＯ', 'СΑЅΙΝΟ',
    // Not seen, or put on top.
    'ca\u200bsi\u200cno', 'cas\u00adino', '\u202ecasino\u202c', 'c\u2060a\ufeffsino', 'c\u0338a\u0338s\u0338i\u0338n\u0338o\u0338', 'çàšîñø', 'ca\ufe0fsino', 'ca\u{e0061}sino', 'c\u034fasino', 'c\u3164asino',
    'c͂͏̰a̴͇s̷i̶n̵o̸',
    // Drawn out.
    'caaasino', 'CASINOOOO', 'cccaaasssiiinnnooo', 'helllllo kitty', 'asssss',
    // Signs for letters.
    'c4s1n0', 'ca$ino', 'c@sino', 'cas!no', '(a51n0)'.replace('(', 'c'), 'a$$', 'cas1n0!!!',
    // Apart.
    'c a s i n o', 'c.a.s.i.n.o', 'c-a-s-i-n-o', 'C  A  S  I  N  O', 'c_a_s_i_n_o', 'the c a s i n o now', 'с а ѕ і n о',
    // Beside signs.
    '"casino"', 'casino_x', 'x/casino', '#casino', '@casino', 'casino’s',
  ])('are found in %j', (text) => {
    expect(isAgainst(rules, text)).toBe(true);
  });

  it.each(['casinos', 'occasion', 'class', 'as', 'assess', 'pass', 'kitty hello', 'c a s t l e', '1854', 'caasinoo', 'c', 'a sin o', 'казино', 'hello-kittyx', ''])('are not found in %j', (text) => {
    expect(isAgainst(rules, text)).toBe(false);
  });

  it('are found within others if they may stand anywhere', () => {
    const anywhere = compiled({ kind: 'words', words: ['spam', 'ool'], anywhere: true });
    for (const text of ['xspamx', 'SPAMMING', 'nospaaaam', 'cool', 'coool']) expect(isAgainst(anywhere, text), text).toBe(true);
    for (const text of ['spa m', 'col', 'spaam']) expect(isAgainst(anywhere, text), text).toBe(false);
  });
});

describe('patterns', () => {
  const rules = compiled({ kind: 'patterns', patterns: ['(?i)\\bfree\\s+money\\b', '^\\d{4}-\\d{4}$', 'ВЫИГРАЛ', 'go{3,}al'] });

  it.each(['FREE  money', 'it is free money!', '1234-5678', 'Ты ВЫИГРАЛ', 'fr\u200bee money', 'ｆｒｅｅ ｍｏｎｅｙ', 'frее mоneу', 'gooooal', '１２３４-５６７８'])('are found in %j, as it stands or folded', (text) => {
    expect(isAgainst(rules, text)).toBe(true);
  });

  it.each(['freedom money', '1234-56789', 'goal', 'carefree money'.replace('free ', 'freee '), ''])('are not found in %j', (text) => {
    expect(isAgainst(rules, text)).toBe(false);
  });

  it('count as found where there are more of them to look at than there is time', () => {
    const many = compiled({ kind: 'patterns', patterns: Array.from({ length: 1_000 }, (_, i) => `(?i)word${i}\\b.*\\bend$`) });
    const text = Array.from({ length: 1_000 }, (_, i) => `word${i}`).join(' ');
    expect(isAgainst(many, 'word7 and word8')).toBe(false);
    expect(isAgainst(many, text)).toBe(true);
  });
});

describe('links', () => {
  it('are held against the domains that are named, or that are not', () => {
    const named = compiled({ kind: 'links', domains: ['evil.com'] });
    for (const text of ['evil.com', 'https://a.EVIL.com/x', 'https://good.com@evil.com', 'ev\u200bil.com']) expect(isAgainst(named, text), text).toBe(true);
    for (const text of ['good.com', 'notevil.com', 'evil dot com']) expect(isAgainst(named, text), text).toBe(false);
    const only = compiled({ kind: 'links', domains: ['good.com'], allowOnly: true });
    for (const text of ['see a.good.com', 'no link']) expect(isAgainst(only, text), text).toBe(false);
    for (const text of ['good.com and evil.com', 'https://gооd.com', 'https://good.com.evil.com']) expect(isAgainst(only, text), text).toBe(true);
    expect(isAgainst(compiled({ kind: 'links', allowOnly: true }), 'evil.com')).toBe(true);
  });

  it('are counted', () => {
    const few = compiled({ kind: 'links', most: 2 });
    expect(isAgainst(few, 'a.com b.com')).toBe(false);
    expect(isAgainst(few, 'a.com b.com https://a.com')).toBe(true);
  });
});

describe('floods', () => {
  it('are more messages than allowed in their time; a retry is the message it was, and edits and names are none', () => {
    const rules = compiled({ kind: 'flood', count: 2, perMs: 1_000 });
    const recent = new RecentMessages();
    const say = (cmid: string, now: number, kind: 'message' | 'edit' | 'name' = 'message'): boolean => against(rules, 'x', { cmid, kind }, recent, now).length > 0;
    expect([say('a', 0), say('b', 1), say('a', 2), say('b', 3), say('e', 3, 'edit'), say('n', 3, 'name'), say('c', 4)]).toEqual([false, false, false, false, false, false, true]);
    expect([say('b', 5), say('c', 6)]).toEqual([false, true]);
    expect(say('d', 1_100)).toBe(false);
  });

  it('are of one user', () => {
    const rules = compiled({ kind: 'flood', count: 1, perMs: 1_000 });
    const recent = new RecentMessages();
    const ben = ann.replaceAll('a', 'b') as typeof ann;
    expect([ann, ben, ann].map((by, i) => against(rules, 'x', { by, cmid: `${i}` }, recent).length)).toEqual([0, 0, 1]);
  });
});

it('holds messages against those before them that are nearly the same', () => {
  const rules = compiled({ kind: 'duplicates', count: 1, perMs: 60_000, similarity: 0.7 });
  const recent = new RecentMessages();
  const say = (text: string, cmid: string, now = 0): boolean => against(rules, text, { cmid }, recent, now).length > 0;
  const advert = 'come and buy the very best watches you have ever seen in our shop today';
  expect(say(advert, 'a')).toBe(false);
  expect(say('something else altogether', 'b')).toBe(false);
  expect(say(`${advert.toUpperCase()}!!`, 'c')).toBe(true);
  expect(say(advert.replace('watches', 'clocks'), 'd')).toBe(true);
  expect(say('we have come to see the shop today', 'e')).toBe(false);
  expect(say(advert, 'f', 120_000)).toBe(false);
});

it('holds newcomers to rules of their own', () => {
  const rules = compiled({ id: 'links', kind: 'newcomers', forMs: 60_000 }, { id: 'slow', kind: 'newcomers', forMs: 60_000, links: true, perMinute: 1 });
  const recent = new RecentMessages();
  const say = (text: string, cmid: string, facts: { accountSince: number | null; memberSince: number | null }): string[] => against(rules, text, { cmid, ...facts }, recent, 100_000);
  const old = { accountSince: 0, memberSince: null };
  expect(say('evil.com', 'a', old)).toEqual([]);
  expect(say('x', 'b', old)).toEqual([]);
  expect(say('evil.com', 'c', { accountSince: 50_000, memberSince: null })).toEqual(['links']);
  expect(say('x', 'd', { accountSince: 0, memberSince: 90_000 })).toEqual(['slow']);
});

it('tells of each action the first rule, and the first that spares nobody; one that rejects ends it', () => {
  const rule = { kind: 'words', words: ['x'] };
  const rules = compiled(
    { id: 'report', action: 'report', ...rule }, { id: 'hide', action: 'hide', ...rule }, { id: 'hide-2', action: 'hide', ...rule }, { id: 'spares', ...rule },
    { id: 'all', sparesModerators: false, ...rule }, { id: 'late', action: 'report', sparesModerators: false, ...rule },
  );
  expect(judge(rules, new RecentMessages(), { kind: 'message', text: 'x', by: ann, cmid: 'c', accountSince: null, memberSince: null }, 0)).toEqual([
    { ruleId: 'report', action: 'report', reason: 'reason 0', sparesModerators: true },
    { ruleId: 'hide', action: 'hide', reason: 'reason 1', sparesModerators: true },
    { ruleId: 'spares', action: 'reject', reason: 'reason 3', sparesModerators: true },
    { ruleId: 'all', action: 'reject', reason: 'reason 4', sparesModerators: false },
  ]);
  expect(against(rules, 'y')).toEqual([]);
});
