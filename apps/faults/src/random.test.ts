import { expect, it } from 'vitest';
import { seeded, type Random } from './random.ts';

const some = (random: Random): number[] => Array.from({ length: 20 }, () => random.int(1, 1_000_000));

it('gives the same for the same seed, and something else for another', () => {
  expect(some(seeded(7))).toEqual(some(seeded(7)));
  expect(some(seeded(7))).not.toEqual(some(seeded(8)));
});

it('gives each name a stream of its own, whatever others draw', () => {
  const [drawn, untouched] = [seeded(7), seeded(7)];
  some(drawn);
  expect(some(drawn.fork('a'))).toEqual(some(untouched.fork('a')));
  expect(some(drawn.fork('a'))).not.toEqual(some(drawn.fork('b')));
});

it('reaches both ends and nothing beyond', () => {
  const random = seeded(1);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.int(3, 5)));
  expect(seen).toEqual(new Set([3, 4, 5]));
});

it('shuffles without loss', () => {
  expect(new Set(seeded(1).shuffled([1, 2, 3, 4, 5]))).toEqual(new Set([1, 2, 3, 4, 5]));
  expect(() => seeded(1).pick([])).toThrow('nothing');
});
