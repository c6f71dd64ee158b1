import { accept, notMember, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageEdit = ({ state, by, role, targets }: Scene, command: Of<'message:edit'>): Decision => {
  if (!role) return notMember(state);
  const message = targets.messages.get(command.messageId);
  if (!message || message.deleted) return reject('message_not_found');
  if (message.by !== by.id) return reject('forbidden', 'only its author may edit a message');
  return accept({ type: 'message.edited', data: { messageId: command.messageId, body: command.body } });
};
