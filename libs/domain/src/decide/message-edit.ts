import { accept, reject, type Decision, type Of, type UserScene } from './decision.ts';
import { mayNotSpeak } from './message-send.ts';

export const decideMessageEdit = (scene: UserScene, { messageId, body }: Of<'message:edit'>): Decision => {
  const message = scene.targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  if (message.by !== scene.by.id) return reject('forbidden', 'only its author may edit a message');
  // Everybody would hear the new body.
  if (message.hidden !== null) return reject('forbidden', 'the message is hidden');
  return mayNotSpeak(scene) ?? accept({ type: 'message.edited', data: { messageId, body } });
};
