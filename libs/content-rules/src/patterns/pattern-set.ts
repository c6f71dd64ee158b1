import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';

/** Compiled patterns kept, each of about ten kilobytes once it was used. */
const KEPT = 2_000;
/** Characters of text that could be read while a pattern is compiled. */
const COMPILING_COSTS = 10_000;
/** Characters read for one message, over all patterns: some fifty milliseconds. */
const MOST_READ = 4_000_000;

const MATCHES_NOTHING = { test: () => false };

/** A pattern that was taken by a version of the engine which had more in it does not keep everybody from speaking. */
const compile = (source: string): { test(text: string): boolean } => {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) return MATCHES_NOTHING;
    throw error;
  }
};

/** The patterns of all rules, each compiled when its literals are first met. */
export class PatternSet {
  readonly #sources: readonly string[];
  readonly #compiled = new LRUCache<number, { test(text: string): boolean }>({ max: KEPT });

  constructor(sources: readonly string[]) {
    this.#sources = sources;
  }

  /** Looks at one message: its text and what it folds to, each once. */
  begin(texts: readonly string[]): { matches(pattern: number): boolean; unbounded(pattern: number): boolean } {
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    let read = 0;
    const test = (pattern: number): boolean => {
      const compiled = this.#get(pattern);
      return texts.some((text) => compiled.test(text));
    };
    return {
      /** A message that has more of what is forbidden in it than there is time to look at counts as if all were. */
      matches: (pattern) => {
        read += length + (this.#compiled.has(pattern) ? 0 : COMPILING_COSTS);
        return read > MOST_READ || test(pattern);
      },
      /** For the few that every message is held against. */
      unbounded: test,
    };
  }

  #get(pattern: number): { test(text: string): boolean } {
    const known = this.#compiled.get(pattern);
    if (known) return known;
    const compiled = compile(this.#sources[pattern]!);
    this.#compiled.set(pattern, compiled);
    return compiled;
  }
}
