import type { EventData, EventId, EventType, RoomEvent, RoomId, RoomKind, UserId } from '@parley/protocol';

/**
 * A room as `decide` needs it. Bounded: members are not in it (a big room has many), only those with a role.
 * Plain JSON: it is stored with the watermark.
 */
export type RoomState = {
  roomId: RoomId;
  epoch: number;
  /** `seq` and `id` of the last event. */
  seq: number;
  lastId: EventId;
  /** Set by `epoch.sealed`: everything is refused until the next epoch opens. */
  sealed: boolean;
  kind: RoomKind;
  name: string;
  topic: string;
  createdAt: number;
  memberCount: number;
  pair: [UserId, UserId] | null;
  /** The owner and the moderators. */
  roles: Readonly<Record<UserId, 'owner' | 'moderator'>>;
  /** Only in slow mode: its pause, milliseconds, and the `seq` of what turned it on. What was said before does not count. */
  slow?: { ms: number; since: number };
  /** Only where it is so. */
  readOnly?: true;
};

/** What `decide` yields: the envelope is put round it by whoever appends. */
export type NewEvent = { [T in EventType]: { type: T; data: EventData<T> } }[EventType];

/** `event` must be the one that follows `state`; of a new room, `room.created` with `seq` 1. */
export const follows = (state: RoomState | null, event: RoomEvent): boolean =>
  state === null ? event.seq === 1 && event.type === 'room.created' : event.seq === state.seq + 1 && event.type !== 'room.created';
