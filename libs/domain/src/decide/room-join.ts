import { accept, reject, type Decision, type Scene } from './decision.ts';

export const decideRoomJoin = ({ state, by, role }: Scene): Decision => {
  if (role) return accept();
  if (state.kind !== 'public') return reject('room_not_found');
  // All have left: a room with members always has an owner.
  const first = state.memberCount === 0;
  return accept({ type: 'member.joined', data: { userId: by.id, name: by.name, role: first ? 'owner' : 'member' } });
};
