import type { Handler } from './context.ts';
import { announceSanctions, untilOf } from './sanctions.ts';
import { changeOf, submit } from './submit.ts';

export const memberBan: Handler<'member:ban'> = async (request, { user }, context) => {
  const { userId, forMs, reason } = request;
  const accepted = await submit(context, changeOf({ name: 'member:ban', userId, forMs, reason }, request, user));
  announceSanctions(context, accepted);
  return { epoch: accepted.epoch, seq: accepted.seq, until: await untilOf(context, request, accepted) };
};
