/** The smallest hashes of a text's shingles that are kept: a text of no more of them is compared exactly, of a longer one it is estimated. */
const KEPT = 128;

/** The hashes of the shingles, ascending, each once. */
export type Sketch = Uint32Array;

const WORD = /[\p{L}\p{M}]+|\p{N}+/gu;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

const hash = (text: string, from = FNV_OFFSET): number => {
  let state = from;
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), FNV_PRIME);
  // Mixed once more: what is alike must not be near each other, since the smallest are kept.
  state ^= state >>> 16;
  state = Math.imul(state, 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
};

/** Of a folded text: pairs of neighbouring words, every number being the same word. A text of one word is that word. */
export const sketch = (text: string): Sketch => {
  const words = Array.from(text.matchAll(WORD), ([word]) => hash(/^\p{N}/u.test(word) ? '0' : word));
  // Nothing but signs: as it stands.
  if (words.length === 0) return Uint32Array.of(hash(text));
  if (words.length === 1) return Uint32Array.of(words[0]!);
  const shingles = new Set<number>();
  for (let i = 1; i < words.length; i += 1) shingles.add(hash(String(words[i]), words[i - 1]));
  const sorted = Uint32Array.from(shingles).sort();
  return sorted.length <= KEPT ? sorted : sorted.slice(0, KEPT);
};

/** The share of their shingles that two texts have in common, 0 to 1. */
export const similarity = (a: Sketch, b: Sketch): number => {
  let common = 0;
  let seen = 0;
  let i = 0;
  let j = 0;
  // Beyond the last one kept of the other, nothing is known of what is common.
  const most = a.length < KEPT && b.length < KEPT ? Number.POSITIVE_INFINITY : KEPT;
  while ((i < a.length || j < b.length) && seen < most) {
    const left = a[i] ?? Number.POSITIVE_INFINITY;
    const right = b[j] ?? Number.POSITIVE_INFINITY;
    if (left === right) common += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
    seen += 1;
  }
  return seen === 0 ? 0 : common / seen;
};
