import { accept, notMember, type Decision, type Of, type Scene } from './decision.ts';

export const decideMessageSend = ({ state, by, role }: Scene, command: Of<'message:send'>): Decision => {
  if (!role) return notMember(state);
  return accept({ type: 'message.created', data: { name: by.name, body: command.body } });
};
