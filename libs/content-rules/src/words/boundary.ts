import type { Squeezed } from './squeezed.ts';

const WORD = /^[\p{L}\p{N}\p{M}]$/u;
/** Written without spaces between words: a word may stand anywhere in these. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]$/u;
/** Of ASCII, by unit. */
const ASCII_WORD = Uint8Array.from({ length: 128 }, (_, unit) => (/[a-z0-9]/i.test(String.fromCharCode(unit)) ? 1 : 0));

/** Whether a character goes on with the word before or after it. */
export const joins = (character: string): boolean => WORD.test(character) && !UNSPACED.test(character);

/** The character that ends before, or begins at, a place in the text: half a pair is taken whole. */
const characterAt = ({ units, length }: Squeezed, index: number): string => {
  const unit = units[index]!;
  if (unit >= 0xdc00 && unit <= 0xdfff && index > 0) return String.fromCharCode(units[index - 1]!, unit);
  if (unit >= 0xd800 && unit <= 0xdbff && index + 1 < length) return String.fromCharCode(unit, units[index + 1]!);
  return String.fromCharCode(unit);
};

const joinsAt = (text: Squeezed, index: number): boolean => {
  const unit = text.units[index]!;
  return unit < 128 ? ASCII_WORD[unit] === 1 : joins(characterAt(text, index));
};

/** Whether a word may begin or end between `index` - 1 and `index`. */
export const isBoundary = (text: Squeezed, index: number): boolean =>
  index <= 0 || index >= text.length || !joinsAt(text, index - 1) || !joinsAt(text, index);
