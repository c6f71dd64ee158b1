import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { Wheel } from './wheel.ts';

const wheelAt = (start: number, tickMs = 100) => {
  const clock = { now: start };
  const due: { item: string; at: number }[] = [];
  const wheel = new Wheel<string>({ tickMs, now: () => clock.now, onDue: (item) => void due.push({ item, at: clock.now }) });
  onTestFinished(() => wheel.close());
  return { clock, due, wheel, turnTo: (now: number) => { clock.now = now; wheel.turn(); } };
};

it('reminds of each item once, never early, and at most a tick late', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 50 }), (delays) => {
    const { due, wheel, turnTo } = wheelAt(1_000_000);
    delays.forEach((delay, index) => wheel.set(`${index}`, 1_000_000 + delay));
    for (let now = 1_000_000; now <= 1_006_000; now += 10) turnTo(now);
    expect(due.map(({ item }) => item).sort()).toEqual(delays.map((_, index) => `${index}`).sort());
    for (const { item, at } of due) {
      const late = at - 1_000_000 - delays[Number(item)]!;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(110);
    }
    expect(wheel.size).toBe(0);
  }));
});

it('takes a later time, or none, for an earlier one', () => {
  const { due, wheel, turnTo } = wheelAt(0);
  wheel.set('a', 500);
  wheel.set('a', 900);
  wheel.set('b', 500);
  wheel.delete('b');
  wheel.delete('c');
  turnTo(899);
  expect(due).toEqual([]);
  turnTo(1_000);
  expect(due.map(({ item }) => item)).toEqual(['a']);
});

it('is not thrown by a clock that jumps on by years, or back', () => {
  const { due, wheel, turnTo } = wheelAt(0);
  for (const item of ['a', 'b']) wheel.set(item, item === 'a' ? 200 : 100);
  turnTo(1.8e12);
  expect(due.map(({ item }) => item)).toEqual(['b', 'a']);
  turnTo(1.7e12);
  wheel.set('past', 1);
  turnTo(1.8e12 + 200);
  expect(due.map(({ item }) => item)).toEqual(['b', 'a', 'past']);
});

it('lets an item set itself anew when it is due', () => {
  const clock = { now: 0 };
  let times = 0;
  const wheel: Wheel<string> = new Wheel<string>({ tickMs: 100, now: () => clock.now, onDue: (item) => { times += 1; wheel.set(item, clock.now + 100); } });
  onTestFinished(() => wheel.close());
  wheel.set('a', 100);
  for (clock.now = 0; clock.now <= 1_000; clock.now += 100) wheel.turn();
  expect(times).toBe(10);
});
