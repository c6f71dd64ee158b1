import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('coalesce', () => {
  it('runs the first at once, a burst once more, and never loses the last', async () => {
    const run = vi.fn<() => void>();
    const call = coalesce(run);
    call();
    call();
    await Promise.resolve();
    expect(run).toHaveBeenCalledTimes(1);
    for (let index = 0; index < 100; index += 1) call();
    await Promise.resolve();
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(50);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(500);
    expect(run).toHaveBeenCalledTimes(2);
    call();
    await Promise.resolve();
    expect(run).toHaveBeenCalledTimes(3);
  });
});
