import type { Handler } from './context.ts';
import { announceSanctions } from './sanctions.ts';
import { changeOf, submit } from './submit.ts';

export const memberUnban: Handler<'member:unban'> = async (request, { user }, context) => {
  const accepted = await submit(context, changeOf({ name: 'member:unban', userId: request.userId }, request, user));
  announceSanctions(context, accepted);
  return { epoch: accepted.epoch, seq: accepted.seq };
};
