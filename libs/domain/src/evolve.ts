import type { EventData, RoomEvent, UserId } from '@parley/protocol';
import { follows, type RoomState } from './state.ts';

const without = <V>(record: Readonly<Record<UserId, V>>, key: UserId): Record<UserId, V> => {
  const { [key]: _, ...rest } = record;
  return rest;
};

const paced = ({ slow, readOnly, ...rest }: RoomState, seq: number, data: EventData<'room.updated'>): RoomState => {
  const ms = data.slowModeMs ?? slow?.ms ?? 0;
  return {
    ...rest,
    ...(ms > 0 ? { slow: { ms, since: slow?.since ?? seq } } : {}),
    ...(data.readOnly ?? readOnly ? { readOnly: true } : {}),
  };
};

/** The state after `event`. Throws on an event that does not follow: that is a defect of the caller, never of a user. */
export const evolve = (state: RoomState | null, event: RoomEvent): RoomState => {
  if (!follows(state, event)) throw new RangeError(`event ${event.seq} (${event.type}) does not follow ${state?.seq ?? 0}`);
  if (state === null) {
    if (event.type !== 'room.created') throw new RangeError('a room begins with room.created');
    return {
      roomId: event.roomId, epoch: event.epoch, seq: event.seq, lastId: event.id, sealed: false,
      kind: event.data.kind, name: event.data.name, topic: '', createdAt: event.at, memberCount: 0,
      pair: event.data.pair ?? null, roles: {},
    };
  }
  const next: RoomState = { ...state, epoch: event.epoch, seq: event.seq, lastId: event.id };
  switch (event.type) {
    case 'room.updated':
      if (event.data.name !== undefined) next.name = event.data.name;
      if (event.data.topic !== undefined) next.topic = event.data.topic;
      return paced(next, event.seq, event.data);
    case 'member.joined':
      next.memberCount += 1;
      if (event.data.role !== 'member') next.roles = { ...state.roles, [event.data.userId]: event.data.role };
      return next;
    case 'member.left':
      next.memberCount -= 1;
      next.roles = without(state.roles, event.data.userId);
      return next;
    case 'member.role_changed':
      next.roles = event.data.role === 'member'
        ? without(state.roles, event.data.userId)
        : { ...state.roles, [event.data.userId]: event.data.role };
      return next;
    case 'epoch.sealed':
      next.sealed = true;
      return next;
    case 'epoch.opened':
      next.sealed = false;
      return next;
    case 'room.created':
    case 'message.created':
    case 'message.edited':
    case 'message.hidden':
    case 'message.restored':
    case 'member.muted':
    case 'member.unmuted':
    case 'member.banned':
    case 'member.unbanned':
    case 'message.deleted':
      return next;
  }
};
