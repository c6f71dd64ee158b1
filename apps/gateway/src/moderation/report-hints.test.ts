import { newUserId } from '@parley/domain';
import type { UserId } from '@parley/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Io } from '../socket/io.ts';
import { ReportHints } from './report-hints.ts';

const [ada, bo, away] = [newUserId(), newUserId(), newUserId()];
let told: UserId[];
let published: (readonly UserId[])[];
let hints: ReportHints;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  published = [];
  const io = {
    of: () => ({ adapter: { rooms: new Map([[ada, new Set(['a'])], [bo, new Set(['b'])]]) } }),
    local: { to: (userId: UserId) => ({ emit: () => void told.push(userId) }) },
  } as unknown as Io;
  hints = new ReportHints({ io, fanOut: { tellOfReports: (userIds) => void published.push(userIds) } });
});
afterEach(() => {
  hints.close();
  vi.useRealTimers();
});

it('tells who is here at once, and the other gateways', () => {
  hints.tell([ada, away]);
  expect([told, published]).toEqual([[ada], [[ada, away]]]);
});

it('tells nobody more than once a second, whoever says so, and once more if there was more to tell', () => {
  for (let n = 0; n < 100; n += 1) {
    hints.tell([ada]);
    hints.tellHere([ada]);
  }
  expect(told).toEqual([ada]);
  vi.advanceTimersByTime(999);
  expect(told).toEqual([ada]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([ada, ada]);
  hints.tellHere([ada, bo]);
  expect(told, 'bo was not told yet').toEqual([ada, ada, bo]);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([ada, ada, bo, ada]);
  expect(vi.getTimerCount()).toBe(0);
});

it('asks nothing of anybody where nobody is to be told', () => {
  hints.tell([]);
  expect(published).toEqual([]);
});
