import type { RoomEvent } from './events.ts';
import type { EventId } from './ids.ts';
import type { MessageView } from './views.ts';

/** The bodies of hidden messages, kept apart so that no view of a message ever has one. */
export type HiddenBodies = Map<EventId, string>;

/** The body of `message`, hidden or not; `null`: deleted, or not known. */
const bodyOf = (message: MessageView, hidden: HiddenBodies): string | null => message.body ?? hidden.get(message.id) ?? null;

const restored = (message: MessageView, bodies: HiddenBodies): MessageView => {
  const { hidden: _, ...shown } = message;
  return { ...shown, body: bodyOf(message, bodies) };
};

/**
 * Folds events, ascending, over messages: what is new is added; edits, deletions, hides and restores are applied to those at
 * hand. Mutates and returns `messages`. The same fold serves the projection's reader, the gateway's history and the client.
 *
 * `bodies` takes the bodies of what is hidden and gives them back when it is restored. A message whose body is `null`, and
 * which is neither deleted nor hidden, was restored where its body was not known: `room:history` has it.
 */
export const foldMessages = (messages: Map<EventId, MessageView>, events: Iterable<RoomEvent>, bodies: HiddenBodies = new Map()): Map<EventId, MessageView> => {
  for (const event of events) {
    if (event.type === 'message.created') {
      if (!event.by || messages.has(event.id)) continue;
      messages.set(event.id, { id: event.id, seq: event.seq, by: event.by, name: event.data.name, at: event.at, body: event.data.redacted ? null : event.data.body, cmid: event.cmid });
      continue;
    }
    if (event.type !== 'message.edited' && event.type !== 'message.deleted' && event.type !== 'message.hidden' && event.type !== 'message.restored') continue;
    const message = messages.get(event.data.messageId);
    if (!message || message.deletedAt !== undefined) continue;
    const body = bodyOf(message, bodies);
    switch (event.type) {
      case 'message.edited':
        if (message.hidden && !event.data.redacted) bodies.set(message.id, event.data.body);
        messages.set(message.id, { ...message, body: message.hidden || event.data.redacted ? null : event.data.body, editedAt: event.at });
        break;
      case 'message.deleted':
        bodies.delete(message.id);
        messages.set(message.id, { ...restored(message, bodies), deletedAt: event.at, body: null });
        break;
      case 'message.hidden':
        if (body !== null) bodies.set(message.id, body);
        messages.set(message.id, { ...message, body: null, hidden: { at: event.at, reason: event.data.reason } });
        break;
      case 'message.restored':
        messages.set(message.id, restored(message, bodies));
        bodies.delete(message.id);
        break;
    }
  }
  return messages;
};
