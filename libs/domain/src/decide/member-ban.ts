import type { NewEvent } from '../state.ts';
import { accept, isAbove, reject, roleOf, type Decision, type Of, type Scene } from './decision.ts';
import { untilOf } from './member-mute.ts';

/** Of a member it ends the membership too, in the same entry: nothing comes between. */
export const decideMemberBan = (scene: Scene, { userId, forMs, reason }: Of<'member:ban'>): Decision => {
  if (!isAbove(scene, userId)) return reject('forbidden');
  const banned: NewEvent = { type: 'member.banned', data: { userId, until: untilOf(forMs, scene.now), reason } };
  return roleOf(scene.state, scene.targets, userId) ? accept({ type: 'member.left', data: { userId } }, banned) : accept(banned);
};
