import type { RoomId } from '@parley/protocol';

export type PresenceKeys = ReturnType<typeof presenceKeys>;

/** Every key and channel of presence. What one script or one transaction touches has one hash tag, so that a Redis Cluster keeps it together. */
export const presenceKeys = (region: string) => {
  const prefix = `parley:${region}:presence`;
  return {
    /** Sorted set of live processes by when their lease ends, milliseconds on Redis' clock. */
    live: `${prefix}:{live}`,
    /** Changes whenever Redis has forgotten everything. */
    era: `${prefix}:{live}:era`,
    /** Who clears up after a dead process. */
    claim: (node: string) => `${prefix}:{live}:claim:${node}`,
    /** Set of the rooms a process has records in. */
    roomsOf: (node: string) => `${prefix}:rooms:{${node}}`,
    /** Hash of the processes that have records in a room, each with the version of them. */
    versions: (roomId: RoomId) => `${prefix}:{${roomId}}:versions`,
    /** Hash of a process' users in a room: `online` or `away`. */
    records: (roomId: RoomId, node: string) => `${prefix}:{${roomId}}:by:${node}`,
    channel: (roomId: RoomId) => `${prefix}:{${roomId}}:changes`,
  };
};
