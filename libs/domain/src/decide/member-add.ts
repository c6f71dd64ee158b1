import { accept, notMember, reject, roleOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberAdd = ({ state, role, targets }: Scene, command: Of<'member:add'>): Decision => {
  if (!role) return notMember(state);
  if (role === 'member' || state.kind === 'direct') return reject('forbidden');
  if (roleOf(state, targets, command.user.id)) return accept();
  return accept({ type: 'member.joined', data: { userId: command.user.id, name: command.user.name, role: 'member' } });
};
