import { ulid } from 'ulid';
import type { Cmid, EventId, UserId } from '@parley/protocol';

/** What decides nothing but has to come from outside: time, ids, chance. A simulation passes its own. */
export type Chance = {
  /** Milliseconds since 1970. */
  now(): number;
  /** A fresh ULID. */
  eventId(): EventId;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`. */
  sleep(ms: number): Promise<void>;
};

export const realChance: Chance = {
  now: () => Date.now(),
  eventId: () => ulid() as EventId,
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export const newUserId = (): UserId => `u${ulid().toLowerCase()}` as UserId;
export const newCmid = (): Cmid => ulid() as Cmid;
