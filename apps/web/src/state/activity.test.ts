import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Activity } from '@parley/protocol';
import { ACTIVITY_TIMINGS, watchActivity } from './activity.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { idleMs, hiddenMs } = ACTIVITY_TIMINGS;

const setUp = (visible = true) => {
  const window = new EventTarget();
  const visibilityState: DocumentVisibilityState = visible ? 'visible' : 'hidden';
  const document = Object.assign(new EventTarget(), { visibilityState });
  const told: Activity[] = [];
  const stop = watchActivity((activity) => told.push(activity), { window, document });
  return {
    told, stop,
    input: (name = 'keydown') => window.dispatchEvent(new Event(name)),
    show: (state: DocumentVisibilityState) => {
      document.visibilityState = state;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
};

describe('watchActivity', () => {
  it('tells that one is away after a while without input, and back at once', () => {
    const { told, input } = setUp();
    vi.advanceTimersByTime(idleMs - 1);
    input('pointermove');
    vi.advanceTimersByTime(idleMs - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['away']);
    input();
    expect(told).toEqual(['away', 'online']);
    vi.advanceTimersByTime(idleMs);
    expect(told).toEqual(['away', 'online', 'away']);
  });

  it('tells it sooner of a page that is hidden, and not of one that was so for a moment', () => {
    const { told, show } = setUp();
    show('hidden');
    vi.advanceTimersByTime(hiddenMs - 1);
    show('visible');
    vi.advanceTimersByTime(idleMs - 1);
    expect(told).toEqual([]);
    show('hidden');
    vi.advanceTimersByTime(hiddenMs);
    expect(told).toEqual(['away']);
    show('visible');
    expect(told).toEqual(['away', 'online']);
  });

  it('counts input just before the page was hidden, and input right after it was shown', () => {
    const { told, show, input } = setUp();
    input();
    show('hidden');
    vi.advanceTimersByTime(hiddenMs);
    expect(told).toEqual(['away']);
    input('focus');
    expect(told).toEqual(['away', 'online']);
  });

  it('of a page opened in the background is away without ever having been shown', () => {
    const { told } = setUp(false);
    vi.advanceTimersByTime(hiddenMs);
    expect(told).toEqual(['away']);
  });

  it('says nothing once stopped', () => {
    const { told, stop, input } = setUp();
    stop();
    vi.advanceTimersByTime(idleMs);
    input();
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
