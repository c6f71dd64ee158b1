import { describe, expect, it } from 'vitest';
import { durationText, timeLeftText, waitText } from './duration.ts';

describe('a duration', () => {
  it('is told in the largest unit it has one of', () => {
    expect([1_000, 30_000, 60_000, 90_000, 3_600_000, 86_400_000, 7 * 86_400_000].map(durationText)).toEqual(['1 second', '30 seconds', '1 minute', '1.5 minutes', '1 hour', '1 day', '7 days']);
  });

  it('that is left is never told as less than it is', () => {
    expect([0, 1, 59_001, 119_000, 121_000, 3_599_000, 2 * 3_600_000, 47.5 * 3_600_000, 48 * 3_600_000 + 1].map(timeLeftText))
      .toEqual(['0 seconds', '1 second', '60 seconds', '119 seconds', '3 minutes', '60 minutes', '2 hours', '2 days', '3 days']);
  });

  it('that something has waited is told coarsely', () => {
    expect([-5, 999, 61_000, 3 * 3_600_000 + 5, 49 * 3_600_000].map(waitText)).toEqual(['0 seconds', '0 seconds', '1 minute', '3 hours', '2 days']);
  });
});
