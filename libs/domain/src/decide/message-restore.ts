import { accept, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageRestore = ({ targets }: Scene, { messageId }: Of<'message:restore'>): Decision => {
  const message = targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  return message.hidden ? accept({ type: 'message.restored', data: { messageId } }) : accept();
};
