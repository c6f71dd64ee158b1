import { waitUntil } from '@parley/servers';

export type WaitOptions = { deadlineMs?: number; intervalMs?: number };

const DEADLINE_MS = 10_000;

/** Waits for a condition, and says which one if it does not come about. What throws does not hold yet; the last such error is the cause. */
export const waitFor = async (what: string, condition: () => boolean | Promise<boolean>, { deadlineMs = DEADLINE_MS, intervalMs = 20 }: WaitOptions = {}): Promise<void> => {
  let cause: unknown;
  const holds = await waitUntil(async () => {
    try {
      cause = undefined;
      return await condition();
    } catch (error) {
      cause = error;
      return false;
    }
  }, deadlineMs, intervalMs);
  if (!holds) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`, { cause });
};
