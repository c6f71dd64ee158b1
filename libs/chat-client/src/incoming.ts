import { EVENT_DATA, roomEventSchema, SERVER_EVENTS, type EventType, type RoomEvent, type ServerEvent, type ServerEventName } from '@parley/protocol';
import { localError } from './errors.ts';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Events as the server sent them, or throws `malformed`. Looks at what orders them; `validate` looks at everything.
 * A type this client does not know is let through: it takes its place in the sequence, and nothing else.
 */
export const checkEvents = (events: unknown, roomId: string, validate: boolean): RoomEvent[] => {
  if (!Array.isArray(events)) throw localError('malformed', 'events are not a list');
  for (const event of events as unknown[]) {
    if (!isRecord(event) || event['roomId'] !== roomId || !isPosition(event['seq']) || typeof event['id'] !== 'string' || typeof event['type'] !== 'string' || !isRecord(event['data'])) {
      throw localError('malformed', 'an event lacks what orders it');
    }
    if (validate && event['type'] in EVENT_DATA) {
      const parsed = roomEventSchema.safeParse(event);
      if (!parsed.success) throw localError('malformed', `an event ${event['type'] as EventType} does not match its schema`, parsed.error);
    }
  }
  return events as RoomEvent[];
};

/** What concerns one open room. */
const ROOM_HINTS = ['room:events', 'room:head', 'room:live', 'presence:changed', 'typing:changed'] as const;
export type RoomHint = Extract<Hint, { name: (typeof ROOM_HINTS)[number] }>;
export const isRoomHint = (hint: Hint): hint is RoomHint => (ROOM_HINTS as readonly string[]).includes(hint.name);

/** What the connection itself deals with. */
type OfConnection = 'session:reconnect' | 'session:ended';
export type Hint = { [N in Exclude<ServerEventName, OfConnection>]: { name: N; payload: ServerEvent<N> } }[Exclude<ServerEventName, OfConnection>];

/** A hint as the server sent it, or throws `malformed`. The frequent ones are looked at cheaply. */
export const checkHint = (name: ServerEventName, payload: unknown, validate: boolean): Hint => {
  if (!isRecord(payload)) throw localError('malformed', `${name} is not an object`);
  if (name === 'room:events') {
    const { roomId, epoch, events } = payload;
    if (typeof roomId !== 'string' || !isPosition(epoch)) throw localError('malformed', `${name} lacks its room or epoch`);
    checkEvents(events, roomId, validate);
  } else if (name === 'room:head') {
    if (typeof payload['roomId'] !== 'string' || !isPosition(payload['epoch']) || !isPosition(payload['seq'])) throw localError('malformed', `${name} lacks a field`);
  } else {
    const parsed = SERVER_EVENTS[name].safeParse(payload);
    if (!parsed.success) throw localError('malformed', `${name} does not match its schema`, parsed.error);
  }
  return { name, payload } as unknown as Hint;
};
