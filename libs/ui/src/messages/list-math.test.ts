import { describe, expect, it } from 'vitest';
import type { UserId } from '@parley/protocol';
import { countBelow, estimateRowHeight, neighbour, wantsOlder } from './list-math.ts';
import type { MessageRow } from './message-rows.ts';

const row = (key: string, more: { body?: string; mine?: boolean; startsDay?: boolean; startsGroup?: boolean } = {}): MessageRow => ({
  message: { key, id: null, by: 'u' as UserId, name: 'u', at: 0, body: more.body ?? 'x', edited: false, mine: more.mine ?? false, deletable: false, moderates: false, state: 'sent' },
  startsDay: more.startsDay ?? false, startsGroup: more.startsGroup ?? false, startsUnread: false,
});

describe('estimateRowHeight', () => {
  it('grows with what stands in and above the row', () => {
    const plain = estimateRowHeight(row('a'), 800);
    expect(estimateRowHeight(row('a', { startsGroup: true }), 800)).toBeGreaterThan(plain);
    expect(estimateRowHeight(row('a', { startsDay: true }), 800)).toBeGreaterThan(plain);
    expect(estimateRowHeight(row('a', { body: 'x\n\ny' }), 800)).toBe(plain + 45);
  });

  it('wraps earlier where it is narrow, and bears any width', () => {
    const long = row('a', { body: 'word '.repeat(60) });
    expect(estimateRowHeight(long, 390)).toBeGreaterThan(estimateRowHeight(long, 1200));
    expect(estimateRowHeight(long, 0)).toBeGreaterThan(0);
  });
});

describe('wantsOlder', () => {
  it('asks ahead of the reader, and not before anything is drawn', () => {
    expect(wantsOlder(undefined)).toBe(false);
    expect(wantsOlder(0)).toBe(true);
    expect(wantsOlder(14)).toBe(true);
    expect(wantsOlder(15)).toBe(false);
  });
});

describe('countBelow', () => {
  const rows = [row('a'), row('b'), row('c', { mine: true }), row('d')];
  it('counts what others said below the one last seen', () => {
    expect(countBelow(rows, 'a')).toBe(2);
    expect(countBelow(rows, 'd')).toBe(0);
  });
  it('claims nothing where the one last seen is gone', () => {
    expect(countBelow(rows, 'gone')).toBe(0);
    expect(countBelow(rows, null)).toBe(0);
  });
});

describe('neighbour', () => {
  const rows = [row('a'), row('b'), row('c')];
  it('steps and stops at both ends', () => {
    expect(neighbour(rows, 'b', -1)).toBe(0);
    expect(neighbour(rows, 'a', -1)).toBe(0);
    expect(neighbour(rows, 'c', 1)).toBe(2);
  });
  it('begins at the newest', () => {
    expect(neighbour(rows, null, -1)).toBe(2);
    expect(neighbour(rows, 'gone', 1)).toBe(2);
  });
});
