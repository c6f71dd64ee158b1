import type { RoomEvent, RoomId, ServerEvent, UserId } from '@parley/protocol';
import type { SanctionChange } from './sanction-change.ts';

/** Empty for who left by themselves. */
export type RemovedWhy = Omit<ServerEvent<'room:removed'>, 'roomId'>;

/** What a room's feed does to the sockets here that listen to the room. Nothing of it leaves this process. */
export interface RoomVoice {
  /** `room:events`, encoded once. */
  events(roomId: RoomId, epoch: number, events: readonly RoomEvent[]): void;
  /** `room:head`. */
  head(roomId: RoomId, epoch: number, seq: number): void;
  /** `room:live`. */
  live(roomId: RoomId, live: boolean): void;
  /** The user's sockets stop listening at once and get `room:removed`. */
  remove(roomId: RoomId, userId: UserId, why: RemovedWhy): void;
  /** `sanction:changed`, to those of the user's sockets that listen to the room. */
  sanction(roomId: RoomId, change: SanctionChange): void;
  /** Users with sockets that listen to the room. */
  listeners(roomId: RoomId): Set<UserId>;
}
