import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, readings } from './fold.ts';

describe('fold', () => {
  it.each([
    ['Hello WORLD', 'hello world'],
    ['ｆｕｌｌｗｉｄｔｈ', 'fullwidth'],
    ['c\u0301a\u0308sino\u0336', 'casino'],
    ['çàsîñö', 'casino'],
    ['ca\u200bs\u200di\u2060n\u00ado', 'casino'],
    ['\u202ecasino\u202c', 'casino'],
    ['саsіnо', 'casino'],
    ['ϲаѕіոο', 'casino'],
    ['𝓬𝓪𝓼𝓲𝓷𝓸 𝕔𝕒𝕤𝕚𝕟𝕠 𝖈𝖆𝖘𝖎𝖓𝖔 ⓒⓐⓢⓘⓝⓞ', 'casino casino casino casino'],
    ['ᴄᴀsɪɴᴏ', 'casino'],
    ['🅲🅰🆂🅸🅽🅾', 'casino'],
    ['ﬁne Straße', 'fine strasse'],
    ['øłđħ', 'oldh'],
    ['٣۴५', '345'],
    ['a\u00a0b\u3000c\td', 'a b c d'],
    ['مـــرحـبًا', 'مرحبا'],
  ])('reads %j as %j', (text, read) => {
    expect(fold(text)).toBe(read);
  });

  it('reads a text of one script in any case the same', () => {
    for (const word of ['привет', 'нет', 'καλημέρα', 'ΣΊΣΥΦΟΣ', 'istanbul', 'straße', 'ﬃ']) {
      expect(fold(word.toUpperCase())).toBe(fold(word));
      expect(fold(word.toLowerCase())).toBe(fold(word));
    }
  });

  it('reads a capital as what it looks like too', () => {
    expect(readings('ΗΑΤΕ')).toContain('hate');
    expect(readings('НАТЕ')).toContain('hate');
    expect(readings('hate')).toEqual(['hate']);
  });

  it('leaves apart what a sign makes another syllable or word', () => {
    expect(fold('か')).not.toBe(fold('が'));
    expect(fold('कि')).not.toBe(fold('का'));
  });

  it('folds what is folded to itself, and a text to what its parts fold to', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      for (const reading of ['cased', 'drawn'] as const) {
        expect(fold(fold(a, reading), 'cased')).toBe(fold(a, reading));
        expect(fold(`${a}${b}`, reading)).toBe(fold(a, reading) + fold(b, reading));
      }
    }), { numRuns: 200 });
  });

  // But the thousands of Han, Hangul and dead scripts, which nothing is done to.
  it('folds every character to one that stays', () => {
    const moving: string[] = [];
    for (let codePoint = 0; codePoint <= 0x1f1ff; codePoint = codePoint === 0x2fff ? 0xa000 : codePoint === 0xabff ? 0xf900 : codePoint === 0x104ff ? 0x1d400 : codePoint === 0x1d7ff ? 0x1f100 : codePoint + 1) {
      if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(String.fromCodePoint(codePoint)) || /^[\p{Script=Han}\p{Script=Hangul}]$/u.test(String.fromCodePoint(codePoint))) continue;
      const folded = fold(String.fromCodePoint(codePoint));
      if (fold(folded) !== folded) moving.push(codePoint.toString(16));
    }
    expect(moving).toEqual([]);
  });
});
