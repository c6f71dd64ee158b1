import { findingsOn, reportFound } from '../rules/hold.ts';
import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageSend: Handler<'message:send'> = async (request, caller, context) => {
  const { body, roomId, cmid } = request;
  const findings = findingsOn(context, caller, { kind: 'message', text: body, roomId, cmid });
  const command = { ...changeOf({ name: 'message:send', body }, request, caller.user), findings };
  const accepted = await submit(context, command);
  reportFound(context, command, accepted, accepted.id);
  const { epoch, seq, id } = accepted;
  return { epoch, seq, id };
};
