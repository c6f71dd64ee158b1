import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS, type EventId, type RoomEvent } from '@parley/protocol';
import { localError } from './errors.ts';
import { DEFAULT_TIMINGS } from './options.ts';
import type { RoomContext } from './room-context.ts';
import { RoomTyping } from './room-typing.ts';
import { Scope } from './scope.ts';
import { roomId, userId } from './testing/fake-gateway.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const setUp = () => {
  const said: [seconds: number, typing: boolean][] = [];
  let refusal: Error | null = null;
  const began = performance.now();
  const request = async (_name: string, { typing }: { typing: boolean }) => {
    said.push([(performance.now() - began) / 1_000, typing]);
    if (refusal) throw refusal;
    return {};
  };
  const context = { userId: userId(1), timings: DEFAULT_TIMINGS, random: () => 0.5, request, onThrow: (error: unknown) => { throw error; } } as unknown as RoomContext;
  const typing = new RoomTyping(roomId(1), context);
  typing.listening(new Scope());
  const hear = (n: number, on: boolean) => typing.hear({ roomId: roomId(1), userId: userId(n), name: `User ${n}`, typing: on });
  return { typing, said, hear, names: () => typing.users.map(({ name }) => name), refuse: (error: Error | null) => { refusal = error; } };
};

const strokes = async (typing: RoomTyping, seconds: number) => {
  for (let each = 0; each < seconds * 10; each += 1) {
    typing.set(true);
    await vi.advanceTimersByTimeAsync(100);
  }
};

describe('one’s own typing', () => {
  it('is said at once, and every three seconds while it goes on', async () => {
    const { typing, said } = setUp();
    await strokes(typing, 7);
    expect(said).toEqual([[0, true], [3, true], [6, true]]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said).toHaveLength(4);
    await strokes(typing, 0.1);
    expect(said).toHaveLength(5);
  });

  it('ends when it is said to, once, and begins anew at once', async () => {
    const { typing, said } = setUp();
    typing.set(false);
    typing.set(true);
    typing.set(false);
    typing.set(false);
    await vi.advanceTimersByTimeAsync(10_000);
    typing.set(true);
    expect(said).toEqual([[0, true], [0, false], [10, true]]);
  });

  it('that the server refuses is not said at every stroke', async () => {
    const { typing, said, refuse } = setUp();
    refuse(localError('unavailable'));
    await strokes(typing, 60);
    expect(said.length).toBeLessThanOrEqual(20);
    refuse(null);
    const before = said.length;
    await strokes(typing, 20);
    expect(said.length).toBeGreaterThanOrEqual(before + 4);
  });

  it('is not kept for later where there is no connection', async () => {
    const { typing, said } = setUp();
    typing.disconnected();
    typing.set(true);
    typing.set(false);
    typing.listening(new Scope());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said).toEqual([]);
  });
});

describe('the typing of others', () => {
  it('is shown in the order they began, and forgotten by itself', async () => {
    const { hear, names } = setUp();
    hear(2, true);
    await vi.advanceTimersByTimeAsync(LIMITS.typingMs / 2);
    hear(3, true);
    hear(2, true);
    expect(names()).toEqual(['User 2', 'User 3']);
    await vi.advanceTimersByTimeAsync(LIMITS.typingMs - 1);
    expect(names()).toEqual(['User 2', 'User 3']);
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual([]);
  });

  it('ends with their message, or when they leave or say so; one’s own is not shown', () => {
    const { typing, hear, names } = setUp();
    for (const n of [1, 2, 3, 4]) hear(n, true);
    expect(names()).toEqual(['User 2', 'User 3', 'User 4']);
    const event = { roomId: roomId(1), epoch: 1, seq: 1, id: 'x' as EventId, at: 0, cmid: null };
    typing.applied({ ...event, type: 'message.created', by: userId(2), data: { name: 'User 2', body: 'x' } } satisfies RoomEvent);
    typing.applied({ ...event, type: 'member.left', by: userId(9), data: { userId: userId(3) } } satisfies RoomEvent);
    hear(4, false);
    expect(names()).toEqual([]);
  });

  it('of a crowd is bounded, and its list is the same until it changes', () => {
    const { typing, hear } = setUp();
    for (let n = 2; n < 200; n += 1) hear(n, true);
    expect(typing.users).toHaveLength(20);
    const before = typing.users;
    hear(2, true);
    expect(typing.users).toBe(before);
  });
});
