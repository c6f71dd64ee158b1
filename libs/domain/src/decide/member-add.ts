import { inForce } from '../standing.ts';
import { accept, rejectSanctioned, roleOf, standingOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberAdd = ({ state, targets, now }: Scene, { user }: Of<'member:add'>): Decision => {
  if (roleOf(state, targets, user.id)) return accept();
  const { ban } = standingOf(targets, user.id);
  if (inForce(ban, now)) return rejectSanctioned('ban', ban, 'this user is banned from the room');
  return accept({ type: 'member.joined', data: { userId: user.id, name: user.name, role: 'member' } });
};
