import { expect, it } from 'vitest';
import type { UserId } from '@parley/protocol';
import { RecentMessages } from './recent-messages.ts';
import { similarity, sketch } from './sketch.ts';

const ann = `u${'a'.repeat(26)}` as UserId;
const userOf = (n: number): UserId => `u${String(n).padStart(26, '0')}` as UserId;
const alike = (a: string, b: string): number => similarity(sketch(a), sketch(b));

it('takes texts for alike by the pairs of words they share', () => {
  expect(alike('buy cheap pills now', 'buy cheap pills now')).toBe(1);
  expect(alike('buy cheap pills now', 'buy,  cheap; pills: now!!!')).toBe(1);
  expect(alike('call 555 1234 for free', 'call 777 98765 for free')).toBe(1);
  expect(alike('a b c d e f g h i j', 'a b c d e f g h i k')).toBeCloseTo(8 / 10);
  expect(alike('good morning everybody', 'see you tomorrow then')).toBe(0);
  expect(alike('lol', 'lol')).toBe(1);
  expect(alike('!!!', '???')).toBe(0);
});

it('estimates what is long', () => {
  const words = Array.from({ length: 1_000 }, (_, i) => `w${String.fromCharCode(97 + i % 26, 97 + Math.floor(i / 26))}`);
  const changed = words.map((word, i) => (i % 20 === 0 ? `x${word}` : word));
  // 1,000 pairs of which 100 differ.
  expect(alike(words.join(' '), changed.join(' '))).toBeGreaterThan(0.7);
  expect(alike(words.join(' '), changed.join(' '))).toBeLessThan(0.95);
  expect(alike(words.join(' '), words.toReversed().join(' '))).toBeLessThan(0.1);
});

it('does not count a message that comes again, nor hold what came after it against it', () => {
  const recent = new RecentMessages();
  const say = (cmid: string, at: number): string[] => recent.note(ann, cmid, at, 1_000, null).map((message) => message.cmid);
  expect(say('a', 0)).toEqual(['a']);
  expect(say('b', 10)).toEqual(['a', 'b']);
  expect(say('c', 20)).toEqual(['a', 'b', 'c']);
  expect(say('b', 30)).toEqual(['a', 'b']);
  expect(say('d', 1_010)).toEqual(['c', 'd']);
});

it('keeps what it remembers within its bounds, however many speak and however much', () => {
  const recent = new RecentMessages({ users: 100, messages: 2_000 });
  for (let n = 0; n < 1_000; n += 1) recent.note(userOf(n), 'a', n, 10_000, null);
  expect(recent.size).toBe(100);
  for (let n = 0; n < 1_500; n += 1) recent.note(ann, `${n}`, 1_000, 10_000, () => sketch('x'));
  const messages = recent.note(ann, 'last', 1_001, 10_000, () => sketch('x'));
  expect(messages.length).toBe(1_001);
  expect(messages.filter((message) => message.sketch !== null).length).toBe(101);
  expect(recent.size).toBe(100);
});
