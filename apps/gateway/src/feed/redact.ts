import type { EventId, RoomEvent } from '@parley/protocol';

/** Which message's body an event has in it. */
const bodyIn = (event: RoomEvent): EventId | null => {
  if (event.type !== 'message.created' && event.type !== 'message.edited') return null;
  if (event.data.redacted) return null;
  return event.type === 'message.created' ? event.id : event.data.messageId;
};

/** The event without its body, if that is of one of these messages. */
export const redacted = (event: RoomEvent, gone: ReadonlySet<EventId>): RoomEvent => {
  const id = bodyIn(event);
  if (id === null || !gone.has(id)) return event;
  return { ...event, data: { ...event.data, body: '', redacted: true } } as RoomEvent;
};

/** Asks once for all messages that `events` have bodies of. */
export const redactGone = async (events: RoomEvent[], ask: (ids: EventId[]) => Promise<ReadonlySet<EventId>>): Promise<RoomEvent[]> => {
  const ids = [...new Set(events.flatMap((event) => bodyIn(event) ?? []))];
  if (ids.length === 0) return events;
  const gone = await ask(ids);
  return gone.size === 0 ? events : events.map((event) => redacted(event, gone));
};

/** What is taken back by events in the same breath is not told at all: what a rule hides, in the entry that brings it. */
export const redactTakenBack = (events: readonly RoomEvent[]): readonly RoomEvent[] => {
  const gone = new Set<EventId>();
  for (const { type, data } of events) {
    if (type === 'message.hidden' || type === 'message.deleted') gone.add(data.messageId);
    else if (type === 'message.restored') gone.delete(data.messageId);
  }
  return gone.size === 0 ? events : events.map((event) => redacted(event, gone));
};
