import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeadTicker } from './head-ticker.ts';

describe('the head of a room', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('is told once a second while it changes and once after', () => {
    const tell = vi.fn<() => void>();
    const ticker = new HeadTicker(1_000, tell);
    for (let n = 0; n < 30; n += 1) {
      ticker.changed();
      vi.advanceTimersByTime(100);
    }
    expect(tell).toHaveBeenCalledTimes(3);
    vi.advanceTimersByTime(1_000);
    expect(tell).toHaveBeenCalledTimes(3);
    ticker.changed();
    vi.advanceTimersByTime(1_000);
    expect(tell).toHaveBeenCalledTimes(4);
    vi.advanceTimersByTime(60_000);
    expect(tell).toHaveBeenCalledTimes(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not told after the end', () => {
    const tell = vi.fn<() => void>();
    const ticker = new HeadTicker(1_000, tell);
    ticker.changed();
    ticker.close();
    vi.advanceTimersByTime(5_000);
    expect(tell).not.toHaveBeenCalled();
  });
});
