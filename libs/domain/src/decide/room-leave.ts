import { accept, reject, type Decision, type UserScene } from './decision.ts';

export const decideRoomLeave = ({ state, by, role }: UserScene): Decision => {
  if (role === 'owner' && state.memberCount > 1) return reject('forbidden', 'hand the room on before leaving it');
  return accept({ type: 'member.left', data: { userId: by.id } });
};
