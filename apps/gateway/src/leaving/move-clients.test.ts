import { expect, test } from 'vitest';
import { moveClients, type Clock, type MovingSettings } from './move-clients.ts';

/** Time that passes only when it is waited for. */
const fakeClock = (onPassed: (now: number) => void): Clock & { readonly passed: number } => {
  let passed = 0;
  return {
    get passed() {
      return passed;
    },
    now: () => passed,
    sleep: async (ms) => {
      passed += ms;
      onPassed(passed);
    },
  };
};

type Move = { toldAt: number; at: number };

/** Clients who do as they are told, save those in `deaf`. */
const leave = async (count: number, settings: Partial<MovingSettings>, { deaf = 0, signal = new AbortController().signal } = {}) => {
  const moves: Move[] = [];
  const due = new Map<string, number>();
  const clock = fakeClock((now) => {
    for (const [id, at] of due) if (at <= now) guests.delete(id);
  });
  const guests = new Map(Array.from({ length: count }, (_, n) => [`${n}`, {
    emit: (_name: string, { afterMs }: { afterMs: number }) => {
      if (n < deaf) return;
      moves.push({ toldAt: clock.passed, at: clock.passed + afterMs });
      due.set(`${n}`, clock.passed + afterMs);
    },
  }]));
  await moveClients({ guests, settings: { noticeMs: 2_000, perSecond: 200, deadlineMs: 18_000, ...settings }, onNoticed: () => undefined, signal, clock });
  return { moves, took: clock.passed, left: guests.size };
};

const arrivalsPerSecond = (moves: readonly Move[]): number[] => [...Map.groupBy(moves, ({ at }) => Math.floor(at / 1_000)).values()].map((each) => each.length);

test('the proxy has its moment before anybody is told', async () => {
  const { moves } = await leave(100, { noticeMs: 2_000 });
  expect(Math.min(...moves.map(({ toldAt }) => toldAt))).toBe(2_000);
});

test('the others get no more a second than the rate, and everybody moves', async () => {
  const { moves, took, left } = await leave(2_000, { perSecond: 200 });
  expect(Math.max(...arrivalsPerSecond(moves))).toBeLessThanOrEqual(200);
  expect(left).toBe(0);
  expect(took).toBeLessThan(2_000 + 10_000 + 1_000);
});

test('the clients of a batch move each at a moment of its own', async () => {
  const { moves } = await leave(200, {});
  const tenths = [...Map.groupBy(moves, ({ at }) => Math.floor(at / 100)).values()].map((each) => each.length);
  expect(tenths.length).toBe(10);
  expect(Math.max(...tenths)).toBeLessThan(50);
});

test('more clients than the time is good for move faster, evenly still', async () => {
  const { moves, took, left } = await leave(5_000, { perSecond: 200 });
  expect(left).toBe(0);
  expect(took).toBeLessThanOrEqual(18_000);
  expect(Math.max(...arrivalsPerSecond(moves))).toBe(Math.ceil(5_000 / 11));
});

test('who had come through the door before it closed is told too', async () => {
  const told: string[] = [];
  const guest = (id: string) => ({ emit: () => { told.push(id); } });
  const guests = new Map([['early', guest('early')]]);
  const clock = fakeClock((now) => {
    if (now > 3_000) guests.set('late', guest('late'));
  });
  await moveClients({ guests, settings: { noticeMs: 0, perSecond: 200, deadlineMs: 18_000 }, onNoticed: () => undefined, signal: new AbortController().signal, clock });
  expect(told).toEqual(['early', 'late']);
});

test('who does not go is waited for a few seconds, no longer', async () => {
  const { took, left } = await leave(10, {}, { deaf: 1 });
  expect(left).toBe(1);
  expect(took).toBeLessThanOrEqual(2_000 + 1_000 + 5_000);
});

test('the deadline holds for the notice too, and everybody is told in time', async () => {
  const { moves, took } = await leave(10, { noticeMs: 60_000, deadlineMs: 3_000 });
  expect(took).toBe(3_000);
  expect(moves).toHaveLength(10);
});

test('an empty gateway waits for nobody', async () => {
  expect(await leave(0, {})).toMatchObject({ took: 0 });
});

test('in haste nobody is waited for', async () => {
  const { took } = await leave(10, {}, { signal: AbortSignal.abort() });
  expect(took).toBe(0);
});
