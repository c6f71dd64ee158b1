import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until `condition` holds; false once `deadlineMs` has passed. A condition that throws does not hold yet. */
export const waitUntil = async (condition: () => boolean | Promise<boolean>, deadlineMs: number, intervalMs = 25): Promise<boolean> => {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      if (await condition()) return true;
    } catch {
      // Not yet.
    }
    if (performance.now() >= deadline) return false;
    await sleep(intervalMs);
  }
};
