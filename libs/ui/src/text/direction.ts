import type { TextToken } from './linkify.ts';

const STRONG_RTL = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\u200f]/u;
const STRONG = /\p{L}|\u200e|\u200f/u;

export type Direction = 'ltr' | 'rtl' | 'auto';

/** By the first letter that is not part of a link: `dir=auto` alone would read an Arabic message that begins with a link from the left. */
export const directionOf = (tokens: readonly TextToken[]): Direction => {
  for (const token of tokens) {
    if (token.kind === 'link') continue;
    const strong = STRONG.exec(token.text);
    if (strong) return STRONG_RTL.test(strong[0]) ? 'rtl' : 'ltr';
  }
  return 'auto';
};

/** Characters that turn what follows them, also beyond the name they are in; and those that would end an isolation. */
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Keeps a name from turning the text round it, where no element can hold it: titles, labels, announcements. */
export const isolate = (text: string): string => `\u2068${text.replace(CONTROLS, '')}\u2069`;

/** The same for a name within a sentence that is shown: where it reads as the sentence does, nothing is put round it. */
export const isolateRtl = (text: string): string => (STRONG_RTL.test(text) || text.search(CONTROLS) >= 0 ? isolate(text) : text);
