import { describe, expect, it } from 'vitest';
import { directionOf, isolate, isolateRtl } from './direction.ts';
import { linkify } from './linkify.ts';

const direction = (text: string) => directionOf(linkify(text));

describe('directionOf', () => {
  it.each([
    ['hello', 'ltr'],
    ['שלום', 'rtl'],
    ['مرحبا hello', 'rtl'],
    ['hello مرحبا', 'ltr'],
    ['123 - مرحبا', 'rtl'],
    ['日本語', 'ltr'],
    ['😀 12:30', 'auto'],
    ['', 'auto'],
  ])('reads %j as %s', (text, expected) => {
    expect(direction(text)).toBe(expected);
  });

  it('is not misled by a link in front', () => {
    expect(direction('https://example.org انظر هنا')).toBe('rtl');
  });
});

describe('isolateRtl', () => {
  it('leaves a name that reads from the left as it is', () => {
    expect(['Ada', '李', ''].map(isolateRtl)).toEqual(['Ada', '李', '']);
    expect(isolateRtl('ليلى')).toBe(isolate('ليلى'));
  });
});

describe('isolate', () => {
  it('wraps in isolating marks', () => {
    expect(isolate('x')).toBe('\u2068x\u2069');
  });
});

describe('a name in a sentence', () => {
  it('cannot turn what stands after it', () => {
    expect(isolate('Mallory\u2069\u202e')).toBe('\u2068Mallory\u2069');
    expect(isolateRtl('Mallory\u202e')).toBe('\u2068Mallory\u2069');
    expect(isolateRtl('Ada')).toBe('Ada');
    expect(isolateRtl('ليلى')).toBe('\u2068ليلى\u2069');
  });
});
