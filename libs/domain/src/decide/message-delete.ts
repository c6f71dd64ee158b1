import { accept, notMember, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageDelete = ({ state, by, role, targets }: Scene, command: Of<'message:delete'>): Decision => {
  if (!role) return notMember(state);
  const message = targets.messages.get(command.messageId);
  if (!message || message.deleted) return reject('message_not_found');
  if (message.by !== by.id && (role === 'member' || state.kind === 'direct')) return reject('forbidden');
  return accept({ type: 'message.deleted', data: { messageId: command.messageId } });
};
