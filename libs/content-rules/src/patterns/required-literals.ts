import { fold } from '../fold/fold.ts';
import { squeeze, unitsOf } from '../words/squeezed.ts';

/** Texts one of which is in whatever a pattern matches, folded and squeezed. */
export type RequiredLiterals = readonly string[];

/** Shorter ones are in too many texts to spare anything; in other scripts two letters say as much. */
const SHORTEST = 3;
const SHORTEST_BEYOND_ASCII = 2;
/** Of one pattern. */
const MOST_ALTERNATIVES = 64;

/** What is met that this does not understand, whatever RE2 makes of it: nothing is then required. */
class NotUnderstood extends Error {}

/** The worth of a set of alternatives is that of its shortest; 0: none. */
const worthOf = (alternatives: readonly string[]): number =>
  Math.min(...alternatives.map((literal) => (literal.length >= (/^[\0-\x7f]*$/.test(literal) ? SHORTEST : SHORTEST_BEYOND_ASCII) ? literal.length : 0)));

const asScanned = (literal: string): string => unitsOf(squeeze(fold(literal)));

type Piece = { kind: 'character'; character: string } | { kind: 'alternatives'; literals: RequiredLiterals | null } | { kind: 'any' };

/**
 * Reads a regular expression of RE2 for what has to be in every match. Only ever says too little: of all it does not follow, groups of
 * characters, assertions, escapes, it says nothing.
 */
class Reader {
  readonly #characters: string[];
  #at = 0;
  /** All runs of plain characters, as they stand. */
  readonly runs: string[] = [];
  /** Pieces that are more than one character can be, those of a counted repetition as often as it says. */
  loose = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  read(): RequiredLiterals | null {
    const literals = this.#alternation();
    if (this.#at < this.#characters.length) throw new NotUnderstood();
    return literals;
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new NotUnderstood();
    this.#at += 1;
    return character;
  }

  #takeIf(text: string): boolean {
    if (!Array.from(text).every((character, i) => this.#characters[this.#at + i] === character)) return false;
    this.#at += text.length;
    return true;
  }

  #takeThrough(end: string): void {
    while (this.#take() !== end);
  }

  #alternation(): RequiredLiterals | null {
    const branches = [this.#concatenation()];
    while (this.#takeIf('|')) branches.push(this.#concatenation());
    const all = [...new Set(branches.flatMap((branch) => branch ?? []))];
    return branches.includes(null) || all.length > MOST_ALTERNATIVES ? null : all;
  }

  #concatenation(): RequiredLiterals | null {
    let best: RequiredLiterals | null = null;
    let run = '';
    const offer = (literals: RequiredLiterals): void => {
      if (worthOf(literals) > (best ? worthOf(best) : 0)) best = literals;
    };
    const endRun = (): void => {
      if (run !== '') {
        this.runs.push(run);
        offer([asScanned(run)]);
      }
      run = '';
    };
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') {
      const pieces = this.#pieces();
      for (const [i, piece] of pieces.entries()) {
        // Only the last character of a quotation is what a repetition is of.
        const { least, exactlyOnce } = i === pieces.length - 1 ? this.#repetition() : { least: 1, exactlyOnce: true };
        if (piece.kind !== 'character') this.loose += 1;
        if (piece.kind === 'character' && least > 0) run += piece.character;
        if (piece.kind === 'character' && exactlyOnce) continue;
        endRun();
        if (piece.kind === 'character' && least === 0) this.runs.push(piece.character);
        if (piece.kind === 'alternatives' && least > 0 && piece.literals) offer(piece.literals);
      }
    }
    endRun();
    return best;
  }

  /** How often the piece before it stands at least. */
  #repetition(): { least: number; exactlyOnce: boolean } {
    let least = 1;
    let exactlyOnce = true;
    for (;;) {
      if (this.#takeIf('*') || this.#takeIf('?')) least = 0;
      else if (this.#next === '{' && this.#isCounted()) least = Math.min(least, this.#counted());
      else if (!this.#takeIf('+')) return { least, exactlyOnce };
      exactlyOnce = false;
    }
  }

  #isCounted(): boolean {
    return /^\{\d+(?:,\d*)?\}/.test(this.#characters.slice(this.#at, this.#at + 16).join(''));
  }

  #counted(): number {
    this.#take();
    let digits = '';
    while (/^\d$/.test(this.#next ?? '')) digits += this.#take();
    let most = '';
    for (let character = this.#take(); character !== '}'; character = this.#take()) if (character !== ',') most += character;
    this.loose += Math.max(Number(digits), Number(most));
    return Number(digits);
  }

  #pieces(): Piece[] {
    const character = this.#take();
    if (character === '(') return [this.#group()];
    if (character === '[') return [this.#class()];
    if (character === '\\') return this.#escape();
    if (character === '.' || character === '^' || character === '$') return [{ kind: 'any' }];
    if (character === '*' || character === '+' || character === '?') throw new NotUnderstood();
    return [{ kind: 'character', character }];
  }

  #group(): Piece {
    if (this.#takeIf('?')) {
      if (this.#takeIf('P<') || this.#takeIf('<')) {
        if (this.#next === '=' || this.#next === '!') throw new NotUnderstood();
        this.#takeThrough('>');
      } else {
        while (this.#next !== ':' && this.#next !== ')') if (!/^[imsU-]$/.test(this.#take())) throw new NotUnderstood();
        if (this.#take() === ')') return { kind: 'any' };
      }
    }
    const literals = this.#alternation();
    if (this.#take() !== ')') throw new NotUnderstood();
    return { kind: 'alternatives', literals };
  }

  #class(): Piece {
    this.#takeIf('^');
    // A bracket in the first place is one of the class.
    this.#takeIf(']');
    for (let character = this.#take(); character !== ']'; character = this.#take()) {
      if (character === '\\') this.#take();
      else if (character === '[' && this.#takeIf(':')) this.#takeThrough(']');
    }
    return { kind: 'any' };
  }

  #escape(): Piece[] {
    const character = this.#take();
    if (character === 'Q') {
      const pieces: Piece[] = [];
      while (this.#next !== undefined && !this.#takeIf('\\E')) pieces.push({ kind: 'character', character: this.#take() });
      return pieces.length > 0 ? pieces : [{ kind: 'any' }];
    }
    if (character === 'x' || character === 'p' || character === 'P') {
      if (this.#takeIf('{')) this.#takeThrough('}');
      else for (let n = character === 'x' ? 2 : 1; n > 0; n -= 1) this.#take();
      return [{ kind: 'any' }];
    }
    if (/^\d$/.test(character)) {
      while (/^\d$/.test(this.#next ?? '')) this.#take();
      return [{ kind: 'any' }];
    }
    return /^[A-Za-z]$/.test(character) ? [{ kind: 'any' }] : [{ kind: 'character', character }];
  }
}

/** `literals`: `null` if nothing is known to be required. `runs`: all plain characters of the pattern, in their order. `loose`: how many of its pieces are not. */
export const readPattern = (pattern: string): { literals: RequiredLiterals | null; runs: readonly string[]; loose: number } => {
  const reader = new Reader(pattern);
  try {
    const literals = reader.read();
    return { literals: literals && worthOf(literals) > 0 ? literals : null, runs: reader.runs, loose: reader.loose };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return { literals: null, runs: reader.runs, loose: Number.POSITIVE_INFINITY };
  }
};
