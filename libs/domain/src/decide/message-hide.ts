import { accept, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageHide = ({ targets }: Scene, { messageId, reason }: Of<'message:hide'>): Decision => {
  const message = targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  return message.hidden ? accept() : accept({ type: 'message.hidden', data: { messageId, reason } });
};
