import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../gateway.ts';

/** What is away may stay so for long: then the worker takes connections all the same, and says what it lacks. */
const LONGEST_MS = 3_000;
const LOOK_MS = 20;

/** The primary hands newcomers to every worker that listens, ready or not: so a worker does not listen before it is ready. */
export const untilReady = async (gateway: Gateway): Promise<void> => {
  const lateAt = performance.now() + LONGEST_MS;
  while (Object.keys(gateway.failing()).length > 0 && performance.now() < lateAt) await sleep(LOOK_MS);
};
