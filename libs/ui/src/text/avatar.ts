/** Each carries white text with a contrast of at least 4.5. */
export const AVATAR_COLOURS = [
  '#0a7466', '#b5420f', '#1f66b8', '#a32a78', '#4f7016', '#6a4bc9',
  '#bd2a42', '#0b7391', '#8f5f00', '#2b7a42', '#8b3fa8', '#4c617d',
] as const;

/** FNV-1a: the same id has the same colour on every device. */
export const avatarColour = (id: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return AVATAR_COLOURS[(hash >>> 0) % AVATAR_COLOURS.length] ?? AVATAR_COLOURS[0];
};

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const firstGrapheme = (text: string): string => {
  for (const { segment } of segmenter.segment(text)) return segment;
  return '';
};

/** Of the first and the last word; letters and digits where there are any. */
export const initials = (name: string): string => {
  const words = name.split(/[\s_./-]+/u).map((word) => word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, '')).filter((word) => word !== '');
  const first = words[0];
  if (first === undefined) return firstGrapheme(name.trim()) || '?';
  const last = words.length > 1 ? words.at(-1) : undefined;
  return (firstGrapheme(first) + (last === undefined ? '' : firstGrapheme(last))).toLocaleUpperCase();
};
