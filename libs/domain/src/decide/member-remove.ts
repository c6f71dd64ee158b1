import { accept, notMember, outranks, reject, roleOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberRemove = ({ state, role, targets }: Scene, command: Of<'member:remove'>): Decision => {
  if (!role) return notMember(state);
  if (state.kind === 'direct' || role === 'member') return reject('forbidden');
  const theirs = roleOf(state, targets, command.userId);
  if (!theirs) return accept();
  if (!outranks(role, theirs)) return reject('forbidden');
  return accept({ type: 'member.left', data: { userId: command.userId } });
};
