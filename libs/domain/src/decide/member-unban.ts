import { inForce } from '../standing.ts';
import { accept, isAbove, reject, standingOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberUnban = (scene: Scene, { userId }: Of<'member:unban'>): Decision => {
  if (!isAbove(scene, userId)) return reject('forbidden');
  return inForce(standingOf(scene.targets, userId).ban, scene.now) ? accept({ type: 'member.unbanned', data: { userId } }) : accept();
};
