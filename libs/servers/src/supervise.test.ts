import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Exit } from './child.ts';
import { supervise, type Part } from './supervise.ts';

const silent = { info() {}, warn() {}, error() {} };
const CRASH: Exit = { code: null, signal: 'SIGKILL' };

/** A part that ends when told. */
const fakePart = (failures = 0) => {
  let run = Promise.withResolvers<Exit>();
  let running = true;
  const events: string[] = [];
  const part: Part = {
    name: 'part',
    pid: 1,
    get exited() {
      return run.promise;
    },
    async restart() {
      events.push('restart');
      if (failures-- > 0) throw new Error('no');
      run = Promise.withResolvers();
      running = true;
    },
    async stop() {
      if (running) events.push('stop');
      running = false;
      run.resolve({ code: 0, signal: null });
    },
  };
  return { part, events, crash: () => { running = false; run.resolve(CRASH); } };
};

const options = { logger: silent, firstDelayMs: 1, maxDelayMs: 4 };
const until = async (condition: () => boolean) => {
  while (!condition()) await sleep(1);
};

test('what ends is started again, every time', async () => {
  const { part, events, crash } = fakePart();
  const supervision = supervise(part, options);
  for (let crashes = 1; crashes <= 3; crashes += 1) {
    crash();
    await until(() => events.length === crashes);
  }
  await supervision.stop();
  expect(events).toEqual(['restart', 'restart', 'restart', 'stop']);
});

test('a restart that fails is tried again', async () => {
  const { part, events, crash } = fakePart(2);
  const supervision = supervise(part, options);
  crash();
  await until(() => events.length === 3);
  await supervision.stop();
  expect(events).toEqual(['restart', 'restart', 'restart', 'stop']);
});

test('what is stopped stays stopped', async () => {
  const { part, events } = fakePart();
  await supervise(part, options).stop();
  expect(events).toEqual(['stop']);
});

test('a stop while waiting for the next try does not wait for it', async () => {
  const { part, events, crash } = fakePart();
  const supervision = supervise(part, { logger: silent, firstDelayMs: 3_600_000 });
  crash();
  await part.exited;
  await supervision.stop();
  expect(events).toEqual([]);
});

test('what ends while all are leaving stays ended', async () => {
  const { part, events, crash } = fakePart();
  let leaving = false;
  const supervision = supervise(part, { ...options, isLeaving: () => leaving });
  leaving = true;
  crash();
  await supervision.stop();
  expect(events).toEqual([]);
});
