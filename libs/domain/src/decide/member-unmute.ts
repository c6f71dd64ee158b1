import { inForce } from '../standing.ts';
import { accept, isAbove, reject, standingOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberUnmute = (scene: Scene, { userId }: Of<'member:unmute'>): Decision => {
  if (!isAbove(scene, userId)) return reject('forbidden');
  return inForce(standingOf(scene.targets, userId).mute, scene.now) ? accept({ type: 'member.unmuted', data: { userId } }) : accept();
};
