import { accept, isAbove, reject, roleOf, type Decision, type Of, type Scene } from './decision.ts';

export const decideMemberRemove = (scene: Scene, { userId, reason }: Of<'member:remove'>): Decision => {
  if (!roleOf(scene.state, scene.targets, userId)) return accept();
  if (!isAbove(scene, userId)) return reject('forbidden');
  return accept({ type: 'member.left', data: { userId, ...(reason === undefined ? {} : { reason }) } });
};
