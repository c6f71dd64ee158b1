import type { RoomEvent } from './events.ts';
import type { EventId } from './ids.ts';
import type { MessageView } from './views.ts';

/**
 * Folds events, ascending, over messages: what is new is added, edits and deletions are applied to those at hand.
 * Mutates and returns `messages`. The same fold serves the projection's reader, the gateway's history and the client.
 */
export const foldMessages = (messages: Map<EventId, MessageView>, events: Iterable<RoomEvent>): Map<EventId, MessageView> => {
  for (const event of events) {
    if (event.type === 'message.created' && event.by) {
      if (messages.has(event.id)) continue;
      messages.set(event.id, { id: event.id, seq: event.seq, by: event.by, name: event.data.name, at: event.at, body: event.data.body, cmid: event.cmid });
    } else if (event.type === 'message.edited') {
      const message = messages.get(event.data.messageId);
      if (message && message.body !== null) messages.set(message.id, { ...message, body: event.data.body, editedAt: event.at });
    } else if (event.type === 'message.deleted') {
      const message = messages.get(event.data.messageId);
      if (message) messages.set(message.id, { ...message, body: null, deletedAt: event.at });
    }
  }
  return messages;
};
