import { accept, reject, type Decision, type Of, type UserScene } from './decision.ts';

export const decideMessageDelete = ({ by, condition, targets }: UserScene, { messageId, reason }: Of<'message:delete'>): Decision => {
  const message = targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  if (condition === 'own' && message.by !== by.id) return reject('forbidden');
  return accept({ type: 'message.deleted', data: { messageId, ...(reason === undefined ? {} : { reason }) } });
};
