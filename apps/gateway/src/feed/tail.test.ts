import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '@parley/protocol';
import { Tail } from './tail.ts';

const event = (seq: number, body = 'x'): RoomEvent => ({ seq, type: 'message.created', data: { name: 'a', body } }) as RoomEvent;
const run = (from: number, to: number): RoomEvent[] => Array.from({ length: to - from + 1 }, (_, n) => event(from + n));
const seqs = (events: readonly RoomEvent[] | null): number[] | null => events && events.map(({ seq }) => seq);
const limits = { events: 100, bytes: 1_000_000, early: 50 };

describe('the tail of a room', () => {
  it('takes what follows, once', () => {
    const tail = new Tail(limits, 5);
    expect(seqs(tail.offer(run(4, 7)))).toEqual([6, 7]);
    expect(seqs(tail.offer(run(6, 7)))).toEqual([]);
    expect(tail.last).toBe(7);
  });

  it('keeps what is early until the gap is filled', () => {
    const tail = new Tail(limits, 0);
    expect(tail.offer([event(2), event(4)])).toEqual([]);
    expect(tail.hasGap).toBe(true);
    expect(seqs(tail.offer([event(1)]))).toEqual([1, 2]);
    expect(tail.hasGap).toBe(true);
    expect(seqs(tail.offer([event(3)]))).toEqual([3, 4]);
    expect(tail.hasGap).toBe(false);
  });

  it('answers from memory only what is all there', () => {
    const tail = new Tail({ ...limits, events: 10 }, 0);
    tail.offer(run(1, 30));
    expect(tail.after(30)).toEqual([]);
    expect(seqs(tail.after(28))).toEqual([29, 30]);
    expect(tail.after(2)).toBeNull();
  });

  it('is bounded in count, in bytes and in what is early', () => {
    const byCount = new Tail(limits, 0);
    for (let seq = 1; seq <= 1_000; seq += 1) byCount.offer([event(seq)]);
    expect(byCount.after(1_000 - limits.events - 1)).toBeNull();
    const byBytes = new Tail({ ...limits, bytes: 10_000 }, 0);
    for (let seq = 1; seq <= 20; seq += 1) byBytes.offer([event(seq, 'y'.repeat(2_000))]);
    expect(byBytes.after(20 - 3)).toBeNull();
    expect(seqs(byBytes.after(19))).toEqual([20]);
    const early = new Tail(limits, 0);
    early.offer(run(2, 500));
    expect(early.offer([event(1)])).toHaveLength(1 + limits.early);
  });

  it('hands out every event once and in order, whatever the order they come in', () => {
    fc.assert(fc.property(fc.shuffledSubarray(run(1, 40), { minLength: 40 }), fc.integer({ min: 1, max: 7 }), (shuffled, size) => {
      const tail = new Tail(limits, 0);
      const out: number[] = [];
      for (let n = 0; n < shuffled.length; n += size) out.push(...tail.offer(shuffled.slice(n, n + size)).map(({ seq }) => seq));
      expect(out).toEqual(seqs(run(1, 40)));
    }));
  });
});
