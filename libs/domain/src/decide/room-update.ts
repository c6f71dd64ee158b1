import { accept, notMember, reject, type Decision, type Of, type Scene } from './decision.ts';

export const decideRoomUpdate = ({ state, role }: Scene, command: Of<'room:update'>): Decision => {
  if (!role) return notMember(state);
  if (role === 'member' || state.kind === 'direct') return reject('forbidden');
  const name = command.title === state.name ? undefined : command.title;
  const topic = command.topic === state.topic ? undefined : command.topic;
  if (name === undefined && topic === undefined) return accept();
  return accept({ type: 'room.updated', data: { ...(name === undefined ? {} : { name }), ...(topic === undefined ? {} : { topic }) } });
};
