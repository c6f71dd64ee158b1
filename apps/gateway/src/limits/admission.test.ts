import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProtocolError } from '@parley/protocol';
import { Admission } from './admission.ts';

const create = (perSecond: number) => {
  const clock = { ms: 0 };
  const admission = new Admission({ perSecond, now: () => clock.ms, random: () => 0.5 });
  onTestFinished(() => admission.close());
  const entered: number[] = [];
  const refused: ProtocolError[] = [];
  const come = (name: number, isGone = () => false): Promise<void> =>
    admission.turn(isGone).then(() => void entered.push(name), (error: unknown) => void refused.push(error as ProtocolError));
  /** Lets time pass, in one step, as a timer sees it; or as a loop that was held up does. */
  const pass = async (ms: number): Promise<void> => {
    clock.ms += ms;
    admission.step();
    await new Promise((resolve) => { setImmediate(resolve); });
  };
  return { admission, entered, refused, come, pass };
};

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('admission', () => {
  it('lets a few in at once, the others in their order at the rate', async () => {
    const { admission, entered, come, pass } = create(100);
    for (const n of numbers(30)) void come(n);
    await pass(0);
    expect(entered).toEqual(numbers(10));
    expect(admission.waiting).toBe(20);
    await pass(50);
    expect(entered).toEqual(numbers(15));
    await pass(50);
    await pass(50);
    await pass(50);
    expect(entered).toEqual(numbers(30));
    expect(admission.waiting).toBe(0);
  });

  it('sends away who would wait too long, and tells them when to come', async () => {
    const { admission, refused, come, pass } = create(100);
    for (const n of numbers(600)) void come(n);
    await pass(0);
    expect(admission.waiting).toBe(500);
    expect(refused).toHaveLength(90);
    for (const each of refused) expect(each).toMatchObject({ code: 'busy', retryAfterMs: 5_000 });
  });

  it('gives no place to who has gone meanwhile', async () => {
    const { entered, come, pass } = create(10);
    for (const n of numbers(1)) void come(n);
    for (const n of numbers(30)) void come(100 + n, () => true);
    void come(1);
    await pass(100);
    expect(entered.filter((n) => n < 100)).toEqual([0, 1]);
  });

  it('lets fewer in where the loop is held up', async () => {
    const { entered, come, pass } = create(100);
    for (const n of numbers(200)) void come(n);
    await pass(0);
    // A second in which nothing else could be done either: a hundred places, of which it gives ten.
    await pass(1_000);
    expect(entered).toHaveLength(20);
  });

  it('keeps nobody waiting once it closes', async () => {
    const { admission, entered, come, pass } = create(10);
    for (const n of numbers(5)) void come(n);
    admission.close();
    await pass(0);
    expect(entered).toEqual(numbers(5));
  });
});
