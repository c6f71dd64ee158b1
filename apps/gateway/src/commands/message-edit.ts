import { findingsOn, reportFound } from '../rules/hold.ts';
import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const messageEdit: Handler<'message:edit'> = async (request, caller, context) => {
  const { messageId, body, roomId, cmid } = request;
  const findings = findingsOn(context, caller, { kind: 'edit', text: body, roomId, cmid });
  const command = { ...changeOf({ name: 'message:edit', messageId, body }, request, caller.user), findings };
  const accepted = await submit(context, command);
  reportFound(context, command, accepted, messageId);
  const { epoch, seq, id } = accepted;
  return { epoch, seq, id };
};
