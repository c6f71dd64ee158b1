import type { Handler } from './context.ts';
import { announceSanctions, untilOf } from './sanctions.ts';
import { changeOf, submit } from './submit.ts';

export const memberMute: Handler<'member:mute'> = async (request, { user }, context) => {
  const { userId, forMs, reason } = request;
  const accepted = await submit(context, changeOf({ name: 'member:mute', userId, forMs, reason }, request, user));
  announceSanctions(context, accepted);
  return { epoch: accepted.epoch, seq: accepted.seq, until: await untilOf(context, request, accepted) };
};
