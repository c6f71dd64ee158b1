import { parse } from 'tldts';

/** Longer ones are no hosts. */
const LONGEST_HOST = 253;
/** Tokens longer than this are cut: no address is. */
const LONGEST_TOKEN = 2_048;

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const BETWEEN = /[\s\p{Cc}<>"'`()[\]{}|^“”‘’«»„，、；]+/u;
const SCHEME = /(?:https?|wss?|ftp):[\\/]*|(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{0,30}:)?[\\/]{2}/giu;
const AUTHORITY_END = /[\\/?#]/;
const TRAILING = /[.,;:!?…。、！？*_~-]+$/u;
/** Dots that browsers take for dots. */
const DOTS = /[。．｡]/g;

/** The host in its one spelling, as a browser would look it up: lower case, punycode, addresses as numbers with dots; `null`: none. */
export const hostOf = (host: string): string | null => {
  const bare = host.replace(DOTS, '.').replace(/\.+$/, '').replace(/^\*?\.+/, '');
  if (bare === '' || bare.length > LONGEST_HOST * 3) return null;
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(bare) && !/^[\d.]+$|(?:^|\.)(?:0x[0-9a-f]*|xn--|\d+$)/.test(bare)) return bare.length <= LONGEST_HOST ? bare : null;
  return URL.parse(`http://${bare}/`)?.hostname.replace(/\.$/, '') || null;
};

const isDomain = (host: string): boolean => {
  const { isIcann, isPrivate, domain } = parse(host, { allowPrivateDomains: false, validateHostname: false, extractHostname: false });
  return (isIcann === true || isPrivate === true) && domain !== null;
};

const isAddress = (host: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.startsWith('[');

/** Of what follows a scheme. What stands before an @ is a name for the server, whatever it looks like. */
const ofAuthority = (rest: string): string | null => {
  const end = rest.search(AUTHORITY_END);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const host = hostOf(authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '').replace(TRAILING, ''));
  if (host === null || isAddress(host) || isDomain(host)) return host;
  // What follows an address without a space, in a script that has none.
  return spaceless(authority) ?? host;
};

/** The part of a token, up to the first character that is not of ASCII, that is a domain. */
const spaceless = (token: string): string | null => {
  const [ascii] = /^[\x21-\x7e]+/.exec(token) ?? [];
  if (ascii === undefined || ascii === token) return null;
  const host = hostOf(ascii.replace(TRAILING, ''));
  return host !== null && isDomain(host) ? host : null;
};

/** Of a token without a scheme: something.example, with or without what follows a host. An e-mail address is no link, unless it dresses up one host as another. */
const ofBare = (token: string): string | null => {
  if (!/[.。．｡]/.test(token)) return null;
  const end = token.search(AUTHORITY_END);
  const authority = end < 0 ? token : token.slice(0, end);
  const at = authority.lastIndexOf('@');
  const named = authority.slice(at + 1).replace(/:\d*$/, '');
  if (at >= 0 && end < 0) {
    const dressed = hostOf(authority.slice(0, at));
    if (dressed === null || !isDomain(dressed)) return null;
  }
  const host = hostOf(named.replace(TRAILING, ''));
  if (host !== null && isDomain(host)) return host;
  if (host !== null && isAddress(host) && (end >= 0 || /:\d+$/.test(authority))) return host;
  return spaceless(named);
};

const ofToken = (token: string): string[] => {
  const hosts: string[] = [];
  const schemes = [...token.matchAll(SCHEME)];
  const before = schemes[0] ? token.slice(0, schemes[0].index) : token;
  const bare = ofBare(before.replace(/^[^\p{L}\p{N}@]+/u, ''));
  if (bare !== null) hosts.push(bare);
  for (const [i, scheme] of schemes.entries()) {
    const host = ofAuthority(token.slice(scheme.index + scheme[0].length, schemes[i + 1]?.index));
    if (host !== null) hosts.push(host);
  }
  return hosts;
};

/** The hosts of all links in a text, with a scheme or without, in their order. In time linear in the text. */
export const findLinks = (text: string): string[] =>
  text.replace(INVISIBLE, '').normalize('NFC').split(BETWEEN).flatMap((token) => (/[.:/\\。．｡]/.test(token) ? ofToken(token.slice(0, LONGEST_TOKEN)) : []));
