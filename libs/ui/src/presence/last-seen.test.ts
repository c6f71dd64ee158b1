import { describe, expect, it } from 'vitest';
import { en } from '../strings/en.ts';
import { agoOf } from './last-seen.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.UTC(2026, 5, 15, 12);
const said = (ms: number): string => en.presence.lastSeen(agoOf(NOW - ms, NOW));

describe('last seen', () => {
  it('is told in the largest unit that fits', () => {
    expect([59_999, MINUTE, 5 * MINUTE, 119 * MINUTE, 23 * 60 * MINUTE].map(said)).toEqual([
      'last seen just now', 'last seen 1 minute ago', 'last seen 5 minutes ago', 'last seen 1 hour ago', 'last seen 23 hours ago',
    ]);
    expect([DAY, 6 * DAY, 13 * DAY, 40 * DAY, 800 * DAY].map(said)).toEqual([
      'last seen yesterday', 'last seen 6 days ago', 'last seen last week', 'last seen last month', 'last seen 2 years ago',
    ]);
  });

  it('bears a server whose clock is ahead', () => {
    expect(said(-DAY)).toBe('last seen just now');
  });
});

describe('who types', () => {
  it('is named as long as it is few', () => {
    expect(en.typing([])).toBe('');
    expect(en.typing(['Ada'])).toBe('Ada is typing…');
    expect(en.typing(['Ada', 'Bob'])).toBe('Ada and Bob are typing…');
    expect(en.typing(['Ada', 'Bob', 'Eve'])).toBe('Several people are typing…');
  });
});
