import { HELD } from '../standing.ts';
import { accept, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageHide = ({ targets }: Scene, { messageId, reason }: Of<'message:hide'>): Decision => {
  const message = targets.messages.get(messageId);
  if (!message || message.deleted) return reject('message_not_found');
  // Of what is held back for a check somebody may make up their mind meanwhile.
  const isDecided = message.hidden !== null && (message.hidden !== HELD || reason === HELD);
  return isDecided ? accept() : accept({ type: 'message.hidden', data: { messageId, reason } });
};
