import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backoff } from './backoff.ts';
import { Scope } from './scope.ts';

describe('a scope', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs its timers and pauses while it lasts', async () => {
    const scope = new Scope();
    const done = vi.fn<(what?: string) => void>();
    scope.after(10, done);
    const cancel = scope.after(10, () => done('cancelled'));
    cancel();
    const slept = scope.sleep(10);
    vi.advanceTimersByTime(10);
    expect(await slept).toBe(true);
    expect(done.mock.calls).toEqual([[]]);
  });

  it('takes its timers and pauses with it when it ends, and starts no more', async () => {
    const scope = new Scope();
    const done = vi.fn<(what?: string) => void>();
    scope.after(10, done);
    const slept = scope.sleep(10);
    scope.end();
    expect(await slept).toBe(false);
    scope.after(10, done);
    expect(await scope.sleep(10)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    expect(done).not.toHaveBeenCalled();
  });
});

describe('a backoff', () => {
  it('doubles up to its bound, half of it by chance, and starts over', () => {
    const least = new Backoff(100, 1_000, () => 0);
    const most = new Backoff(100, 1_000, () => 1);
    expect(Array.from({ length: 6 }, () => least.next())).toEqual([50, 100, 200, 400, 500, 500]);
    expect(Array.from({ length: 6 }, () => most.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    most.reset();
    expect(most.next()).toBe(100);
  });

  it('waits at least as long as it was asked to', () => {
    expect(new Backoff(100, 1_000, () => 0).next(5_000)).toBe(5_000);
    expect(new Backoff(100, 1_000, () => 1).next(5_000)).toBe(6_000);
  });
});
