import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionTrouble } from './connection-trouble.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('ConnectionTrouble', () => {
  it('says nothing of a short break', () => {
    const trouble = new ConnectionTrouble();
    trouble.told('connecting');
    vi.advanceTimersByTime(500);
    trouble.told('online');
    vi.advanceTimersByTime(5_000);
    expect(trouble.store.get()).toBeNull();
  });

  it('tells a first connection from a lost one, and stays steady while it is tried again and again', () => {
    const trouble = new ConnectionTrouble();
    trouble.told('connecting');
    vi.advanceTimersByTime(1_000);
    expect(trouble.store.get()).toBe('connecting');
    trouble.told('online');
    expect(trouble.store.get()).toBeNull();
    const changes = vi.fn<() => void>();
    trouble.store.subscribe(changes);
    for (let tries = 0; tries < 10; tries += 1) {
      trouble.told('offline');
      vi.advanceTimersByTime(300);
      trouble.told('connecting');
      vi.advanceTimersByTime(300);
    }
    expect(trouble.store.get()).toBe('reconnecting');
    expect(changes).toHaveBeenCalledTimes(1);
  });
});
