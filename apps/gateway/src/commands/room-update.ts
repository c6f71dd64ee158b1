import { findingsOn, reportFound } from '../rules/hold.ts';
import type { Handler } from './context.ts';
import { changeOf, submit } from './submit.ts';

export const roomUpdate: Handler<'room:update'> = async (request, caller, context) => {
  const { name: title, topic, slowModeMs, readOnly, roomId, cmid } = request;
  const text = [title, topic].filter((each) => each !== undefined).join('\n');
  const findings = text === '' ? [] : findingsOn(context, caller, { kind: 'name', text, roomId, cmid });
  const command = { ...changeOf({ name: 'room:update', title, topic, slowModeMs, readOnly }, request, caller.user), findings };
  const accepted = await submit(context, command);
  reportFound(context, command, accepted, null);
  return { epoch: accepted.epoch, seq: accepted.seq };
};
