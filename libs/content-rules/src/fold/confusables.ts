import confusables from 'unhomoglyph/data.json' with { type: 'json' };

/** Unicode's own table (UTS 39), as `unhomoglyph` carries it: from a character to the one it is drawn like. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables;

/** What the table leaves apart and a reader does not: small capitals and letters drawn like them, and a few of Greek. */
const BESIDE: ReadonlyMap<string, string> = new Map(Object.entries({
  ᴀ: 'a', ʙ: 'b', ᴄ: 'c', ᴅ: 'd', ᴇ: 'e', ꜰ: 'f', ɢ: 'g', ʜ: 'h', ɪ: 'i', ᴊ: 'j', ᴋ: 'k', ĸ: 'k', ʟ: 'l', ᴌ: 'l', ᴍ: 'm', ʍ: 'm', ɴ: 'n', ᴏ: 'o', ᴘ: 'p', ꞯ: 'q', ʀ: 'r', ꜱ: 's',
  ᴛ: 't', ᴜ: 'u', ᴠ: 'v', ᴡ: 'w', ʏ: 'y', ᴢ: 'z', β: 'b', ɛ: 'e', ε: 'e', η: 'n', θ: 'o', κ: 'k', μ: 'u', τ: 't', ω: 'w', ʋ: 'u', ɯ: 'w',
  ϲ: 'c', Ϲ: 'c',
}));

/** Letters in boxes, by the first of each run from A to Z: Unicode does not decompose these. */
const BOXED = [0x1f150, 0x1f170, 0x1f1e6];

const boxed = (codePoint: number): string | null => {
  const first = BOXED.find((start) => codePoint >= start && codePoint < start + 26);
  return first === undefined ? null : String.fromCharCode(0x61 + codePoint - first);
};

/** Every script's digits stand in runs of ten. */
const digit = (character: string): string | null => {
  if (!/^\p{Nd}$/u.test(character)) return null;
  const codePoint = character.codePointAt(0)!;
  let zero = codePoint;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((codePoint - zero) % 10);
};

const MARKS = /\p{M}/gu;
/** Nobody reads a letter of theirs as a Latin one, in a word of either. */
const UNLIKE = /^[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]$/u;

/** What Unicode would make another letter of before its looks are asked for. */
export const isLooksOnly = (character: string): boolean => character === 'ϲ' || character === 'Ϲ';

/** What of a prototype is kept: letters for a letter, several only where the script has ligatures, and no letter for a sign unless it is one. */
const taken = (character: string, prototype: string): string | null => {
  // Unicode has one prototype for a small L and all strokes, a capital I among them.
  if (prototype === 'l' && /^\p{Lu}$/u.test(character)) return 'i';
  const plain = prototype.replace(MARKS, '').toLowerCase();
  const known = BESIDE.get(plain) ?? plain;
  if (/^\p{L}$/u.test(character)) return /^[a-z]$/.test(known) || (/^[a-z]{2,3}$/.test(known) && /^\p{Script=Latin}$/u.test(character)) ? known : null;
  return /^[\x21-\x7e]$/.test(known) ? known : null;
};

/** The ASCII that a character is drawn like, in lower case; `null`: nothing. ASCII stands for itself and is not asked for here. */
export const drawnLike = (character: string): string | null => {
  const known = BESIDE.get(character) ?? boxed(character.codePointAt(0)!) ?? digit(character);
  if (known !== null) return known;
  const prototype = PROTOTYPES[character];
  return prototype === undefined || UNLIKE.test(character) ? null : taken(character, prototype);
};
