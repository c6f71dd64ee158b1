import { HELD } from '../standing.ts';
import { accept, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageRestore = ({ by, targets }: Scene, { messageId }: Of<'message:restore'>): Decision => {
  const message = targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  // The system restores what it held back, and nothing that was decided.
  const isSo = message.hidden === null || (by === null && message.hidden !== HELD);
  return isSo ? accept() : accept({ type: 'message.restored', data: { messageId } });
};
