import { LIMITS } from '@parley/protocol';
import { accept, reject, roleOf, type Decision, type Of, type UserScene } from './decision.ts';

export const decideMemberRole = ({ state, by, targets }: UserScene, command: Of<'member:role'>): Decision => {
  const theirs = roleOf(state, targets, command.userId);
  if (!theirs) return reject('user_not_found', 'not a member of this room');
  if (theirs === command.role) return accept();
  if (command.userId === by.id) return reject('forbidden', 'hand the room on to change your own role');
  const given = { type: 'member.role_changed', data: { userId: command.userId, role: command.role } } as const;
  if (command.role === 'member') return accept(given);
  // Whoever hands the room on stays as a moderator, so both grants may add one.
  const moderators = Object.values(state.roles).filter((each) => each === 'moderator').length - (theirs === 'moderator' ? 1 : 0);
  if (moderators >= LIMITS.moderators) return reject('limit_reached', `a room has at most ${LIMITS.moderators} moderators`);
  if (command.role === 'moderator') return accept(given);
  return accept({ type: 'member.role_changed', data: { userId: by.id, role: 'moderator' } }, given);
};
