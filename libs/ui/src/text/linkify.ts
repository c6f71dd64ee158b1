export type TextToken = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

/** Only these two: a `javascript:` or `data:` address is never made clickable. */
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
const TRAILING = new Set('.,;:!?…。、，！？');
const OPENERS: ReadonlyMap<string, string> = new Map([[')', '('], [']', '['], ['}', '{']]);
/** Anything longer is left as text, in characters. */
const MAX_ADDRESS = 2048;

const count = (text: string, character: string): number => text.split(character).length - 1;

/** An address at the end of a sentence or in brackets does not own the punctuation after it. */
const trimmed = (candidate: string): string => {
  const surplus = new Map([...OPENERS].map(([closer, opener]) => [closer, count(candidate, closer) - count(candidate, opener)]));
  let end = candidate.length;
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    if (TRAILING.has(last)) continue;
    const unopened = surplus.get(last) ?? 0;
    if (unopened <= 0) break;
    surplus.set(last, unopened - 1);
  }
  return candidate.slice(0, end);
};

const parsed = (address: string): URL | null => {
  const url = URL.parse(address);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return null;
  // `https://bank.example@evil.example` shows one host and opens another.
  if (url.username !== '' || url.password !== '') return null;
  return url;
};

/** Splits text into plain pieces and links, which joined give the text again. The pieces are text, never markup. */
export const linkify = (text: string): TextToken[] => {
  const tokens: TextToken[] = [];
  let rest = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (match[0].length > MAX_ADDRESS) continue;
    const address = trimmed(match[0]);
    const url = parsed(address);
    if (!url) continue;
    if (match.index > rest) tokens.push({ kind: 'text', text: text.slice(rest, match.index) });
    tokens.push({ kind: 'link', text: address, href: url.href });
    rest = match.index + address.length;
  }
  if (rest < text.length) tokens.push({ kind: 'text', text: text.slice(rest) });
  return tokens;
};
