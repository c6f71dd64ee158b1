import type { Context } from '../scenario.ts';
import { rememberMemory } from './memory.ts';
import { withMember } from './member.ts';

/** How soon messages flow, asked at any moment, while strangers do their worst. */
const MEANWHILE_MS = 3_000;
const RETURN_MS = 30_000;
const BETWEEN_MS = 200;

/**
 * While `abuse` goes on, messages flow for all who behave, nobody of them is cut off, and newcomers are let in; when it is over,
 * every gateway comes to hold what it held before.
 */
export const withoutHarm = async (context: Context, abuse: () => Promise<void>, { newcomerMs = MEANWHILE_MS }: { newcomerMs?: number } = {}): Promise<void> => {
  const { fleet, traffic, note, mark, recovered } = context;
  const memory = await rememberMemory(fleet.gateways);
  const interrupted = traffic.interruptions;
  const over = new AbortController();
  const abusing = abuse().finally(() => over.abort());
  abusing.catch(() => {});
  for (let n = 0; !over.signal.aborted; n += 1) {
    mark();
    await recovered('messages flow meanwhile', (deadlineMs) => traffic.untilFlowing(deadlineMs), MEANWHILE_MS);
    mark();
    await recovered('a newcomer is let in meanwhile', () => withMember(fleet.url, `newcomer ${n}`, () => Promise.resolve()), newcomerMs);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  await abusing;
  mark();
  await recovered('the gateways hold what they held before', () => memory.returned(note), RETURN_MS);
  const noticed = traffic.interruptions - interrupted;
  if (noticed > 0) throw new Error(`${noticed} clients were without a connection`);
};
