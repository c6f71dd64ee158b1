import { LIMITS } from '@parley/protocol';

/** Bounds of what a gateway keeps and tells of presence. Times are milliseconds. */
export type PresenceLimits = {
  /** How often a watcher is told of a room that changes. */
  tellEveryMs: number;
  /** How long after a user's last device went that is told: who reloads a page, or connects to another gateway, does not come and go. */
  graceMs: number;
  /** Users there, above which a watcher hears of how many and of those it named. */
  room: number;
  /** Rooms one socket may watch. */
  roomsPerSocket: number;
  /** How often what was last seen is written. */
  seenEveryMs: number;
  /** Users whose last sighting waits to be written; with the store away longer, the oldest are forgotten. */
  seenWaiting: number;
  /** How long a watch waits for when those who are not there were last seen, and a gateway that closes for the last of it to be written. */
  seenWithinMs: number;
};

export const DEFAULT_PRESENCE_LIMITS: PresenceLimits = {
  tellEveryMs: 1_000,
  graceMs: 2_000,
  room: LIMITS.presenceRoom,
  roomsPerSocket: LIMITS.presenceRooms,
  seenEveryMs: 3_000,
  seenWaiting: 50_000,
  seenWithinMs: 1_000,
};
