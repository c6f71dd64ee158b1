import { accept, isAbove, reject, type Decision, type Of, type Scene } from './decision.ts';

/** When something that holds for so long from now is over; `null`: never. */
export const untilOf = (forMs: number | null, now: number): number | null => (forMs === null ? null : now + forMs);

export const decideMemberMute = (scene: Scene, { userId, forMs, reason }: Of<'member:mute'>): Decision => {
  if (!isAbove(scene, userId)) return reject('forbidden');
  return accept({ type: 'member.muted', data: { userId, until: untilOf(forMs, scene.now), reason } });
};
