import type { RoomEvent, RoomId, UserId } from '@parley/protocol';

/** What a room's feed does to the sockets here that listen to the room. Nothing of it leaves this process. */
export interface RoomVoice {
  /** `room:events`, encoded once. */
  events(roomId: RoomId, epoch: number, events: readonly RoomEvent[]): void;
  /** `room:head`. */
  head(roomId: RoomId, epoch: number, seq: number): void;
  /** `room:live`. */
  live(roomId: RoomId, live: boolean): void;
  /** The user's sockets stop listening at once and get `room:removed`. */
  remove(roomId: RoomId, userId: UserId): void;
  /** Users with sockets that listen to the room. */
  listeners(roomId: RoomId): Set<UserId>;
}
