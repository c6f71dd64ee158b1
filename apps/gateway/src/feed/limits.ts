import type { TailLimits } from './tail.ts';

/** Bounds of what a gateway keeps of the rooms it has listeners in. Times are milliseconds. */
export type FeedLimits = {
  tail: TailLimits;
  /** Old pages kept for a moment, over all rooms. */
  pageCacheBytes: number;
  pageCacheTtlMs: number;
  /** Bytes of events in one `room:events` or one sync answer, near enough. */
  frameBytes: number;
  /** How often a room's head is told while it changes. */
  headEveryMs: number;
  /** How long a hint may be behind a head before the log is read; jittered by half. */
  gapMs: number;
  repairBackoffMs: number;
  repairBackoffCapMs: number;
  /** How long a gateway goes on delivering while it cannot confirm how far the room is. A log that notices a lost connection within 2.5 s makes that 4.25 s with the next look, after which a removed user hears nothing. */
  staleAfterMs: number;
  /** Rooms repaired at once. */
  repairsAtOnce: number;
  /** What is told with `unavailable`. */
  retryAfterMs: number;
  /** Users remembered per room who left lately. */
  leftUsers: number;
  /** How long a room without listeners is kept. */
  lingerMs: number;
};

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  tail: { events: 500, bytes: 512 * 1024, early: 1_000 },
  pageCacheBytes: 64 * 1024 * 1024,
  pageCacheTtlMs: 10_000,
  frameBytes: 256 * 1024,
  headEveryMs: 1_000,
  gapMs: 60,
  repairBackoffMs: 100,
  repairBackoffCapMs: 2_000,
  staleAfterMs: 1_500,
  repairsAtOnce: 64,
  retryAfterMs: 500,
  leftUsers: 1_000,
  lingerMs: 10_000,
};
