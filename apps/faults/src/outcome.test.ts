import { expect, it } from 'vitest';
import { inThreeWords, remember, type Recovery } from './outcome.ts';

it('says each violation in one of three words', () => {
  const counts = { sends: 0, acks: 0, logged: 0, applied: 0, listeners: 0, unresolved: 0 };
  expect(inThreeWords({ violations: [], totals: { acked_missing: 2, listener_gap: 1, cmid_doubled: 4, sender_reordered: 8 }, counts })).toEqual({ lost: 3, doubled: 4, reordered: 8 });
});

it('keeps the slowest of what is measured several times', () => {
  const recoveries: Recovery[] = [];
  for (const tookMs of [5, 9, 7]) remember(recoveries, { what: 'it', boundMs: 10, tookMs, times: 1 });
  remember(recoveries, { what: 'else', boundMs: 10, tookMs: 1, times: 1 });
  expect(recoveries).toEqual([{ what: 'it', boundMs: 10, tookMs: 9, times: 3 }, { what: 'else', boundMs: 10, tookMs: 1, times: 1 }]);
});
