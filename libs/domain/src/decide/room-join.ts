import { inForce } from '../standing.ts';
import { accept, rejectSanctioned, standingOf, type Decision, type UserScene } from './decision.ts';

export const decideRoomJoin = ({ state, by, role, targets, now }: UserScene): Decision => {
  if (role) return accept();
  const { ban } = standingOf(targets, by.id);
  if (inForce(ban, now)) return rejectSanctioned('ban', ban);
  // All have left: a room with members always has an owner.
  const first = state.memberCount === 0;
  return accept({ type: 'member.joined', data: { userId: by.id, name: by.name, role: first ? 'owner' : 'member' } });
};
