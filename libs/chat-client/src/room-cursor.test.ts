import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '@parley/protocol';
import { MAX_HELD, RoomCursor } from './room-cursor.ts';
import { seeded } from './testing/wait.ts';

const event = (seq: number): RoomEvent => ({ seq }) as RoomEvent;
const events = (...seqs: number[]): RoomEvent[] => seqs.map(event);
const seqs = (applied: RoomEvent[]): number[] => applied.map(({ seq }) => seq);

describe('a cursor', () => {
  it('applies the next and nothing else', () => {
    const cursor = new RoomCursor(1, 5);
    expect(seqs(cursor.take(events(4, 5, 6, 6, 7)))).toEqual([6, 7]);
    expect([cursor.known, cursor.behind]).toEqual([7, false]);
  });

  it('holds what comes too early until the ones before it are there', () => {
    const cursor = new RoomCursor(1, 0);
    expect(seqs(cursor.take(events(3, 2)))).toEqual([]);
    expect(cursor.behind).toBe(true);
    expect(seqs(cursor.take(events(1)))).toEqual([1, 2, 3]);
    expect(cursor.behind).toBe(false);
  });

  it('is behind a head it has heard of', () => {
    const cursor = new RoomCursor(1, 5);
    cursor.hear(4);
    expect(cursor.behind).toBe(false);
    cursor.hear(6);
    expect(cursor.behind).toBe(true);
  });

  it('holds no more than its bound, and knows that more is missing', () => {
    const cursor = new RoomCursor(1, 0);
    const early = Array.from({ length: MAX_HELD + 10 }, (_, n) => n + 2);
    cursor.take(events(...early));
    expect(cursor.take(events(1))).toHaveLength(MAX_HELD + 1);
    expect([cursor.known, cursor.behind]).toEqual([MAX_HELD + 1, true]);
  });

  it('does not let duplicates use up its bound', () => {
    const cursor = new RoomCursor(1, 1_000);
    cursor.take(Array.from({ length: MAX_HELD }, (_, n) => event(n + 1)));
    cursor.take(events(1_002));
    expect(seqs(cursor.take(events(1_001)))).toEqual([1_001, 1_002]);
  });

  it.each(Array.from({ length: 50 }, (_, seed) => seed))('applies each event once and in order, however they come (seed %i)', (seed) => {
    const random = seeded(seed);
    const cursor = new RoomCursor(1, 0);
    const deck = Array.from({ length: 200 }, (_, n) => (n >> 1) + 1).sort(() => random() - 0.5);
    const applied: number[] = [];
    while (deck.length > 0) applied.push(...seqs(cursor.take(events(...deck.splice(0, Math.ceil(random() * 5))))));
    expect(applied).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });
});
