import type { Cmid, EventId, MemberView, MessageView, RoomEvent, RoomId, RoomView, UserId, UserView } from '@parley/protocol';
import type { TargetKeys, Targets } from '../command.ts';
import type { RoomState } from '../state.ts';
import type { Seen } from './presence.ts';
import type { Position } from './room-log.ts';

/** How far a room's log has been taken into the store, and the state there. Everything up to it is in the archive, the cmid table and the projections. */
export type Watermark = {
  /** `RoomLog.id` of the log that `position` belongs to. */
  logId: string;
  epoch: number;
  seq: number;
  position: Position;
  lastId: EventId;
  state: RoomState;
};

/** What a cmid led to: the first event it caused. */
export type CmidRecord = { epoch: number; seq: number; id: EventId };

/** cmids are the sender's own: two users may use the same one. `by: null`: the system. */
export type CmidKey = { by: UserId | null; cmid: Cmid };
/** `by:cmid`, the key of the maps here. */
export const cmidKey = (by: UserId | null, cmid: Cmid): string => `${by ?? ''}:${cmid}`;

export type HistoryQuery = { roomId: RoomId; before?: number | undefined; limit: number };
export type HistoryPage = {
  /** Of the same snapshot as the messages; `null` if the store has nothing of this room. */
  watermark: Omit<Watermark, 'state'> | null;
  /** Ascending by `seq`. Cut short by bytes too, never to nothing where there is something. */
  messages: MessageView[];
  /** Bodies of the hidden ones of them, which show none: for what is folded over the page, and never for a client. */
  hiddenBodies: [EventId, string][];
  more: boolean;
};
export type ArchivePage = { events: RoomEvent[]; /** The watermark's `seq`: the archive reaches this far. */ upTo: number };
export type RoomListQuery = { userId: UserId; scope: 'mine' | 'public'; after?: RoomId | undefined; limit: number };
export type MembersQuery = { roomId: RoomId; after?: UserId | undefined; limit: number };

/**
 * Queries on what persistence has taken in, and the users. Direct on Postgres in standalone and in the workers; by
 * request and reply to the persistence service from a gateway of a cluster. Every method throws {@link StoreUnavailable}
 * when it cannot be answered; none answers from a cache.
 */
export interface Store {
  /** In one snapshot. `null`: nothing of this room is stored (yet). */
  seed(roomId: RoomId): Promise<Watermark | null>;
  /** Which of these commands were seen at or below the watermark, by {@link cmidKey}. First wins. */
  findCmids(roomId: RoomId, keys: readonly CmidKey[]): Promise<Map<string, CmidRecord>>;
  /** The rows as of the watermark, which may have moved on since it was read. */
  findTargets(roomId: RoomId, keys: TargetKeys): Promise<Targets>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** Events with `seq` above `after`, ascending, at most `limit` and about 512 KiB. */
  archive(roomId: RoomId, after: number, limit: number): Promise<ArchivePage>;
  listRooms(query: RoomListQuery): Promise<{ rooms: RoomView[]; next: RoomId | null }>;
  members(query: MembersQuery): Promise<{ members: MemberView[]; next: UserId | null }>;
  /** Idempotent by id. */
  createUser(user: UserView): Promise<void>;
  findUsers(ids: readonly UserId[]): Promise<UserView[]>;
  /** Monotone per user: an earlier time changes nothing. */
  noteSeen(seen: readonly Seen[]): Promise<void>;
  /** Milliseconds since 1970. Users never seen are left out. */
  lastSeen(userIds: readonly UserId[]): Promise<Map<UserId, number>>;
  /**
   * The room's log does not go on from the watermark: whoever takes it in looks at it, and mends it. `lost` are events
   * that were seen in the log and are in no history any more; those that are not archived either are kept for people to look at. Idempotent.
   */
  reportBroken(roomId: RoomId, lost: readonly RoomEvent[]): Promise<void>;
  close(): Promise<void>;
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
