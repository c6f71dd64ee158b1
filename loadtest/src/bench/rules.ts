import { checkRules, compileRules, judge, RecentMessages, type Said } from '@parley/content-rules';
import { rulesSchema, type Rules, type UserId } from '@parley/protocol';

export type RulesResult = {
  checkMs: number;
  compileMs: number;
  /** The longest that others had to wait meanwhile. */
  longestStepMs: number;
  /** Kept while the rules are in force, patterns that were met compiled. */
  megabytes: number;
  /** By kind of message, per message. */
  timings: { name: string; count: number; p50Micros: number; p99Micros: number; worstMicros: number }[];
};

const MESSAGES = 20_000;
const LONG_MESSAGES = 300;
/** Before it is measured: patterns are compiled when they are first met, and the engine learns what is hot. */
const WARM_UP = 2_000;

/** Deterministic, so that two runs are about the same. */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
const SYLLABLES = ['ba', 'con', 'da', 'el', 'fi', 'gor', 'ha', 'in', 'jo', 'ka', 'lu', 'men', 'no', 'os', 'pra', 'qui', 'ra', 'si', 'ton', 'u', 'ver', 'wa', 'xi', 'yo', 'ze'];
const vocabulary = (size: number, next: () => number): string[] =>
  Array.from({ length: size }, () => Array.from({ length: 2 + Math.floor(next() * 3) }, () => SYLLABLES[Math.floor(next() * SYLLABLES.length)]).join(''));

/** Half words, half regular expressions, as lists of what is forbidden have them, and one rule of every other kind. */
const rulesOf = (entries: number, next: () => number): Rules => {
  const forbidden = vocabulary(entries, next).map((word, i) => `${word}${(i % 97).toString(36)}q`);
  const half = entries / 2;
  return rulesSchema.parse([
    { id: 'words', kind: 'words', action: 'reject', reason: 'r', sparesModerators: false, words: forbidden.slice(0, half) },
    { id: 'patterns', kind: 'patterns', action: 'hide', reason: 'r', patterns: forbidden.slice(half).map((word, i) => [`(?i)\\b${word}s?\\b`, `(?i)${word}\\s+(?:now|here|free)`, `(?i)buy\\W{1,3}(?:cheap\\W)?${word}`, `https?://[^/\\s]*${word}`][i % 4]) },
    { id: 'numbers', kind: 'patterns', action: 'report', reason: 'r', patterns: ['\\b\\d{4}[- ]?\\d{4}[- ]?\\d{4}[- ]?\\d{4}\\b', '\\+?\\d[\\d ()-]{8,}\\d', '[^\\s]{80,}'] },
    { id: 'links', kind: 'links', action: 'reject', reason: 'r', domains: Array.from({ length: 500 }, (_, i) => `bad${i}.com`), most: 10 },
    { id: 'flood', kind: 'flood', action: 'reject', reason: 'r', count: 1_000, perMs: 10_000 },
    { id: 'duplicates', kind: 'duplicates', action: 'report', reason: 'r', count: 20, perMs: 60_000 },
    { id: 'newcomers', kind: 'newcomers', action: 'reject', reason: 'r', forMs: 60_000 },
  ]);
};

const percentile = (sorted: Float64Array, share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** Runs a work step by step, as a gateway does. */
const drive = <T>(work: Generator<undefined, T>): { value: T; ms: number; longestMs: number } => {
  const began = performance.now();
  let longestMs = 0;
  for (;;) {
    const from = performance.now();
    const { done, value } = work.next();
    longestMs = Math.max(longestMs, performance.now() - from);
    if (done) return { value, ms: performance.now() - began, longestMs };
  }
};

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};

/** `entries`: words and patterns together. */
export const runRules = (entries: number): RulesResult => {
  const next = random(7);
  const rules = rulesOf(entries, next);
  const check = drive(checkRules(rules));
  if (check.value.length > 0) throw new Error(`the rules are not taken: ${JSON.stringify(check.value[0])}`);
  const before = memory();
  const compiled = drive(compileRules(rules));
  const recent = new RecentMessages();
  const known = vocabulary(5_000, next);
  const words = (count: number): string => Array.from({ length: count }, () => known[Math.floor(next() * known.length)]).join(' ');
  const kinds: { name: string; count: number; text: () => string }[] = [
    { name: 'chat: 3 to 40 words, one in ten with a link', count: MESSAGES, text: () => `${words(3 + Math.floor(next() * 38))}${next() < 0.1 ? ' https://example.com/x?y=1' : ''}` },
    { name: 'chat in Cyrillic, with accents and emoji', count: MESSAGES, text: () => words(3 + Math.floor(next() * 38)).replaceAll('a', 'а').replaceAll('k', 'к').replaceAll('o', 'ö').replaceAll('v', 'в').concat(' 🙂') },
    { name: 'disguised: signs for letters, letters apart', count: MESSAGES, text: () => `${words(10).replaceAll('e', '3').replaceAll('i', '1').replaceAll('a', '@')} ${Array.from(words(2)).join(' ')}` },
    { name: '16 KiB of words', count: LONG_MESSAGES, text: () => words(3_000).slice(0, 16_384) },
    { name: '16 KiB of forbidden beginnings', count: LONG_MESSAGES, text: () => Array.from({ length: 1_200 }, (_, i) => `buy ${(rules[0] as { words: string[] }).words[(i * 7) % (entries / 2)]!.slice(0, -1)}`).join(' ').slice(0, 16_384) },
  ];
  let n = 0;
  const said = (text: string): Said => {
    n += 1;
    return { kind: 'message', text, by: `u${(n % 1_000).toString(36).padStart(26, '0')}` as UserId, cmid: `${n}`, accountSince: 0, memberSince: null };
  };
  const timings = kinds.map(({ name, count, text }) => {
    const micros = new Float64Array(count);
    for (let i = -Math.min(WARM_UP, count); i < count; i += 1) {
      const message = said(text());
      const from = performance.now();
      judge(compiled.value, recent, message, 1_000_000 + n);
      if (i >= 0) micros[i] = (performance.now() - from) * 1_000;
    }
    micros.sort();
    return { name, count, p50Micros: percentile(micros, 0.5), p99Micros: percentile(micros, 0.99), worstMicros: percentile(micros, 1) };
  });
  return { checkMs: check.ms, compileMs: compiled.ms, longestStepMs: Math.max(check.longestMs, compiled.longestMs), megabytes: memory() - before, timings };
};
