import { describe, expect, it } from 'vitest';
import { isBoundary } from './boundary.ts';
import { unleeted, unspaced } from './disguises.ts';
import { spells, squeeze, unitsOf } from './squeezed.ts';

const asSpelled = (text: string, word: string, loose = false): boolean => spells(squeeze(text), 0, squeeze(word), loose);

describe('letters drawn out', () => {
  it('squeezes runs and remembers how long they were', () => {
    const { runs, length, ...rest } = squeeze('coool 😀😀');
    expect(unitsOf({ runs, length, ...rest })).toBe('col 😀😀');
    expect([...runs.subarray(0, length)]).toEqual([1, 3, 1, 1, 1, 1, 1, 1]);
  });

  it.each([
    ['spam', 'spam', true], ['spaaaam', 'spam', true], ['spaam', 'spam', false], ['hellllo', 'hello', true], ['heeelllooo', 'hello', true],
    ['helo', 'hello', false], ['as', 'ass', false], ['asss', 'ass', true], ['bbal', 'bal', false],
  ])('reads %s as %s: %s', (text, word, does) => {
    expect(asSpelled(text, word)).toBe(does);
  });

  it('takes longer ends for what stands beside the word, where that may be', () => {
    expect(asSpelled('sspamm', 'spam', true)).toBe(true);
    expect(asSpelled('spaam', 'spam', true)).toBe(false);
  });
});

it('takes signs and digits among letters for letters', () => {
  expect(unleeted('c451n0')).toEqual(['casino', 'caslno']);
  expect(unleeted('a$$ k!ll k!')).toEqual(['ass kill k!']);
  expect(unleeted('1337 $5 4x4!')).toEqual(['1337 $5 axa!']);
  expect(unleeted('plain')).toEqual([]);
});

it('puts letters together that stand apart', () => {
  expect(unspaced('this is s p a m and s.p.a.m and s - p - a - m!')).toBe('spam spam spam');
  expect(unspaced('i am a man, o k')).toBe('');
  expect(unspaced('s     p     a     m')).toBe('');
});

it('ends words where no letter or digit goes on, and anywhere in scripts without spaces', () => {
  const boundaries = (text: string): number[] => Array.from({ length: text.length + 1 }, (_, i) => i).filter((i) => isBoundary(squeeze(text), i));
  expect(boundaries('ab-c d')).toEqual([0, 2, 3, 4, 5, 6]);
  expect(boundaries('日本ab')).toEqual([0, 1, 2, 4]);
  expect(boundaries('ไทย')).toEqual([0, 1, 2, 3]);
});
