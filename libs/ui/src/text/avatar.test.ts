import { describe, expect, it } from 'vitest';
import { AVATAR_COLOURS, avatarColour, initials } from './avatar.ts';

const channel = (hex: string): number => {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};
/** Relative luminance as WCAG 2.2 has it. */
const luminance = (colour: string): number =>
  0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7));

describe('avatar', () => {
  it.each(AVATAR_COLOURS)('white letters are readable on %s', (colour) => {
    expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });

  it('gives one id one colour, and many ids many', () => {
    const ids = Array.from({ length: 200 }, (_, index) => `u${index}`);
    expect(ids.map(avatarColour)).toEqual(ids.map(avatarColour));
    expect(new Set(ids.map(avatarColour)).size).toBe(AVATAR_COLOURS.length);
  });

  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['  Jean-Luc   Picard ', 'JP'],
    ['(Bob)', 'B'],
    ['محمد علي', 'مع'],
    ['👩‍🚀 Sally', '👩‍🚀S'],
    ['***', '*'],
    ['', '?'],
  ])('%j has the initials %s', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});
