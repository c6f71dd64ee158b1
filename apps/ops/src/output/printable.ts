/** Control characters, with the escape that begins a terminal's sequences; what turns or hides text; halves of surrogate pairs, and code points nobody has given a meaning. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** `text` as one line that does nothing to a terminal, whoever wrote it. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

/** JSON that does nothing to a terminal either: what a string may hold unescaped by JSON's own rules is escaped all the same. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNPRINTABLE, (character) => [...Array(character.length).keys()].map((n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''));
