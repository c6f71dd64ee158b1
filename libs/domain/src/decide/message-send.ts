import { inForce } from '../standing.ts';
import { accept, reject, rejectSanctioned, standingOf, type Decision, type Of, type UserScene } from './decision.ts';

const isStaff = ({ by, role }: UserScene): boolean => role === 'owner' || role === 'moderator' || by.admin === true;

/** What keeps a member from saying anything at all at present. */
export const mayNotSpeak = (scene: UserScene): Decision | null => {
  const { mute } = standingOf(scene.targets, scene.by.id);
  if (inForce(mute, scene.now)) return rejectSanctioned('mute', mute);
  return scene.state.readOnly && !isStaff(scene) ? reject('read_only') : null;
};

/** Milliseconds a member has to wait in slow mode. */
const waitOf = (scene: UserScene): number => {
  const { state: { slow }, by, targets, now } = scene;
  const { said } = standingOf(targets, by.id);
  if (!slow || !said || said.seq < slow.since || isStaff(scene)) return 0;
  // The clock of whoever took the last one may be ahead.
  return Math.min(slow.ms, said.at + slow.ms - now);
};

export const decideMessageSend = (scene: UserScene, { body }: Of<'message:send'>): Decision => {
  const refused = mayNotSpeak(scene);
  if (refused) return refused;
  const wait = waitOf(scene);
  if (wait > 0) return reject('slow_mode', undefined, { retryAfterMs: wait });
  return accept({ type: 'message.created', data: { name: scene.by.name, body } });
};
