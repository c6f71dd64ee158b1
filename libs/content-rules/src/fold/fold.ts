import { drawnLike, isLooksOnly } from './confusables.ts';

/**
 * How a character is read. `cased`: its case is folded before it is asked what it is drawn like. `drawn`: after, so that a Greek
 * capital eta is an H (its small letter is drawn like an n). Each character is folded by itself: what a text folds to is what its parts fold to.
 */
export type Reading = 'cased' | 'drawn';

/** Not seen at all: joiners, bidirectional controls, variation selectors, fillers. */
const UNSEEN = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cf})$/u;
/** Marks put on letters that stand without them: accents, Hebrew points, Arabic vowels. Signs that make another syllable, as in Indic scripts or kana, stay. */
// oxlint-disable-next-line no-misleading-character-class -- ranges of marks, each by itself
const MARK = /^[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]$/u;
/** An Arabic letter is drawn longer with it. */
const STRETCH = '\u0640';
const SPACE = /^[\s\u2800]$/u;

/** The same for all that differ in case alone, one by one: a final sigma, a long s, an ess-zett. */
const lowerCase = (character: string): string => Array.from(Array.from(character.toLowerCase().toUpperCase()).join(''), (each) => each.toLowerCase()).join('');

const foldDecomposed = (character: string, reading: Reading): string => {
  if (UNSEEN.test(character) || MARK.test(character) || character === STRETCH) return '';
  if (SPACE.test(character)) return ' ';
  if (character <= '\x7f') return character.toLowerCase();
  const drawn = reading === 'drawn' ? drawnLike(character) : null;
  if (drawn !== null) return drawn;
  // Folding may decompose again: what is below ASCII by now is done.
  return Array.from(lowerCase(character).normalize('NFKD'), (each) => (each <= '\x7f' ? each : MARK.test(each) ? '' : drawnLike(each) ?? each)).join('');
};

const foldCharacter = (character: string, reading: Reading): string =>
  Array.from(isLooksOnly(character) ? drawnLike(character) ?? character : character.normalize('NFKD'), (each) => foldDecomposed(each, reading)).join('');

/** Characters remembered per reading; those of the languages of one place are a few thousand. */
const REMEMBERED = 20_000;
const remembered: Record<Reading, Map<number, string>> = { cased: new Map(), drawn: new Map() };

const foldOf = (codePoint: number, reading: Reading): string => {
  const known = remembered[reading];
  let folded = known.get(codePoint);
  if (folded === undefined) {
    if (known.size >= REMEMBERED) known.clear();
    folded = foldCharacter(String.fromCodePoint(codePoint), reading);
    known.set(codePoint, folded);
  }
  return folded;
};

/** No control character but NUL to US needs a look, and these are rare. */
// oxlint-disable-next-line no-control-regex -- the range of ASCII is meant
const IS_PLAIN = /^[ -~]*$/;

/** Width, case, accents, what is not seen, and confusables folded; every kind of space is one space. */
export const fold = (text: string, reading: Reading = 'cased'): string => {
  if (IS_PLAIN.test(text)) return text.toLowerCase();
  let folded = '';
  for (let i = 0; i < text.length; i += 1) {
    const codePoint = text.codePointAt(i)!;
    if (codePoint > 0xffff) i += 1;
    folded += foldOf(codePoint, reading);
  }
  return folded;
};

/** Each way to read a text, once. */
export const readings = (text: string): string[] => {
  const cased = fold(text);
  if (IS_PLAIN.test(text)) return [cased];
  const drawn = fold(text, 'drawn');
  return cased === drawn ? [cased] : [cased, drawn];
};
