import type { Activity, PresenceStatus, RoomId, UserId } from '@parley/protocol';

/** When a user was last there, milliseconds since 1970. */
export type Seen = { userId: UserId; at: number };

/** `lastSeenAt`: of one who has just gone, where it is known. */
export type PresenceChange = { userId: UserId; status: PresenceStatus; lastSeenAt?: number | undefined };

/** A user is online while any process says so, else away while any says so. */
export const mergeActivities = (activities: Iterable<Activity>): Activity | null => {
  let merged: Activity | null = null;
  for (const activity of activities) {
    if (activity === 'online') return 'online';
    merged = activity;
  }
  return merged;
};

/** Who is there in one room, as far as is known, kept up to date until it is closed. */
export interface PresenceRoom {
  readonly online: number;
  readonly away: number;
  /** False: only the users of this process are certain; the others are as last known, and `unknown` after a while. */
  readonly complete: boolean;
  /** Resolves once the room was read, or could not be for now. Never rejects, and takes at most a few seconds. */
  readonly ready: Promise<void>;
  /** `offline`: certainly not there. */
  statusOf(userId: UserId): PresenceStatus;
  /** All who are there, and those who may be (`unknown`). */
  users(): Iterable<[UserId, PresenceStatus]>;
  close(): void;
}

/**
 * Who is there in rooms, over all processes. Two adapters pass one contract suite (`libs/testkit/src/contracts/presence.ts`).
 *
 * - **Lossy, but never wrong for ever**: whatever is lost on the way is made good within a few seconds of everything being up.
 * - **Bounded staleness**: users of a process that was killed are gone within {@link PRESENCE_STALE_MS} at every other.
 * - **Own users are certain** at once, whatever is away.
 * - **In nobody's way**: no call waits, no call throws because something is away.
 */
export interface Presence {
  /** Whether others can be asked and told at present. */
  readonly live: boolean;
  /** A user of this process is there in the room, from now on or still. */
  set(roomId: RoomId, userId: UserId, activity: Activity): void;
  /** No device of the user's is there any more, at this process. `lastSeenAt`: since when. */
  unset(roomId: RoomId, userId: UserId, lastSeenAt: number): void;
  /** One watch per room at a time. `onChange` is told of every user whose status changed, and `null` when `complete` did. Never called before this returns. */
  watch(roomId: RoomId, onChange: (change: PresenceChange | null) => void): PresenceRoom;
  /** Told of users of processes that ended without saying so. */
  onSeen(listener: (seen: readonly Seen[]) => void): void;
  /** Its users count as there until its lease runs out, so that whoever moves to another process does not come and go. */
  close(): Promise<void>;
}

/** What the users of a killed process may still count as there, milliseconds: the bound that is promised, with room above what adapters take. */
export const PRESENCE_STALE_MS = 10_000;
