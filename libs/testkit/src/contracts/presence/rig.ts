import { newUserId, roomIdOf, newCmid, type Presence, type PresenceChange, type PresenceRoom } from '@parley/domain';
import type { PresenceStatus, RoomId, UserId } from '@parley/protocol';
import { waitFor } from '../../wait-for.ts';

/** Processes that share presence, each a node. */
export type PresenceRig = {
  node: () => Promise<Presence>;
  stop: () => Promise<void>;
};

export type PresenceCase = { name: string; run(rig: PresenceRig): Promise<void> };

export const newRoomId = (): RoomId => roomIdOf(newUserId(), newCmid());

export type Watched = {
  room: PresenceRoom;
  changes: (PresenceChange | null)[];
  /** Users who are there or may be, by status. */
  all: () => Map<UserId, PresenceStatus>;
  /** Waits until exactly these are there, and the counts say so. */
  shows: (...there: [UserId, PresenceStatus][]) => Promise<void>;
};

/** Watches a room, and waits until it was read. */
export const watch = async (presence: Presence, roomId: RoomId): Promise<Watched> => {
  const changes: (PresenceChange | null)[] = [];
  const room = presence.watch(roomId, (change) => void changes.push(change));
  await room.ready;
  const all = (): Map<UserId, PresenceStatus> => new Map(room.users());
  const count = (there: [UserId, PresenceStatus][], wanted: PresenceStatus): number => there.filter(([, status]) => status === wanted).length;
  return {
    room, changes, all,
    shows: (...there) =>
      waitFor(`${JSON.stringify(there)} to be there`, () => {
        const now = all();
        return now.size === there.length && there.every(([userId, status]) => now.get(userId) === status && room.statusOf(userId) === status) &&
          room.online === count(there, 'online') && room.away === count(there, 'away');
      }, { deadlineMs: 20_000 }),
  };
};
