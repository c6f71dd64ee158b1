import { accept, notMember, reject, type Decision, type Scene } from './decision.ts';

export const decideRoomLeave = ({ state, by, role }: Scene): Decision => {
  if (!role) return notMember(state);
  if (state.kind === 'direct') return reject('forbidden', 'a direct room cannot be left');
  if (role === 'owner' && state.memberCount > 1) return reject('forbidden', 'hand the room on before leaving it');
  return accept({ type: 'member.left', data: { userId: by.id } });
};
