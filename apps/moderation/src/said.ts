import type { LogEntry } from '@parley/domain';
import type { EventId, RoomEvent, RoomId, UserId } from '@parley/protocol';

/** A text as somebody said it: a new message, or one edited. */
export type Said = {
  /** Of the event that said it; of a message that was not edited, `messageId` too. */
  eventId: EventId;
  messageId: EventId;
  roomId: RoomId;
  epoch: number;
  seq: number;
  userId: UserId;
  /** Of who said it, as it was then; empty for an edit. */
  name: string;
  body: string;
  /** Milliseconds since 1970. */
  at: number;
  edited: boolean;
};

const saidBy = (event: RoomEvent): Said | null => {
  if (event.by === null) return null;
  const { id: eventId, roomId, epoch, seq, by: userId, at } = event;
  if (event.type === 'message.created') return { eventId, messageId: eventId, roomId, epoch, seq, userId, at, name: event.data.name, body: event.data.body, edited: false };
  if (event.type === 'message.edited') return { eventId, messageId: event.data.messageId, roomId, epoch, seq, userId, at, name: '', body: event.data.body, edited: true };
  return null;
};

/** What an entry of a room's log says. */
export const saidIn = ({ events }: Pick<LogEntry, 'events'>): Said[] => events.flatMap((event) => saidBy(event) ?? []);
