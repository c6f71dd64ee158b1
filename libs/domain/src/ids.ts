import { randomFillSync } from 'node:crypto';
import { ulid as ulidBy } from 'ulid';
import type { CaseId, Cmid, EventId, ReportId, UserId } from '@parley/protocol';

/** The library asks the system for each of a ULID's 16 random characters, which costs more than all else about a message. */
const pool = new Uint8Array(4096);
let used = pool.length;
const pooledRandom = (): number => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 1;
  return pool[used - 1]! / 256;
};
const ulid = (): string => ulidBy(undefined, pooledRandom);

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
/** Of a case opened at `at`: cases are listed in the order of their ids. */
export const newCaseId = (at: number): CaseId => ulidBy(at, pooledRandom) as CaseId;
export const newReportId = (at: number): ReportId => ulidBy(at, pooledRandom) as ReportId;
