import { newCmid, type NewServerAct } from '@parley/domain';
import { deviceIdSchema, sessionIdSchema, type UserId } from '@parley/protocol';
import { command, operandOf } from '../command.ts';
import { EXIT, OpsError } from '../exit-codes.ts';
import { findUser } from '../target/find-user.ts';

/** How long an operator's revocation is kept: above any lifetime of tokens that `SESSION_TTL` allows. */
const KEPT_MS = 366 * 86_400_000;

const actOf = (userId: UserId, session: string | undefined, device: string | undefined): NewServerAct => {
  const now = Date.now();
  const common = { userId, by: null, cmid: newCmid(), until: now + KEPT_MS };
  if (session !== undefined) {
    const sessionId = sessionIdSchema.safeParse(session);
    if (!sessionId.success) throw new OpsError(EXIT.usage, '--session is not the id of a session');
    return { ...common, act: 'session.revoked', sessionId: sessionId.data };
  }
  if (device === undefined) return { ...common, act: 'sessions.revoked', before: now };
  const deviceId = deviceIdSchema.safeParse(device);
  if (!deviceId.success) throw new OpsError(EXIT.usage, '--device is not the id of a device');
  return { ...common, act: 'device.revoked', deviceId: deviceId.data, before: now };
};

export const revoke = command({
  name: 'revoke', summary: 'Ends all sessions of a user, or one, or those of a device, and closes their connections.', operands: 'USER',
  options: {
    session: { type: 'string', value: 'ID', meaning: 'this session alone: `sid` of its token' },
    device: { type: 'string', value: 'ID', meaning: 'the sessions of this device alone: `dev` of their tokens' },
  },
  details: ['', 'The tokens are refused from then on. The user may sign in anew: to keep it out, ban it.'],
  run: async ({ positionals, values: { session, device } }, { target, out }) => {
    if (session !== undefined && device !== undefined) throw new OpsError(EXIT.usage, '--session or --device, not both');
    const operand = operandOf('user', positionals);
    const user = await findUser(target, operand);
    await (await target.moderation()).act(actOf(user.id, session, device));
    const what = session !== undefined ? `session ${session}` : device !== undefined ? `all sessions of the device ${device}` : 'all sessions';
    out.item({ user, revoked: { ...(session === undefined ? {} : { session }), ...(device === undefined ? {} : { device }) } }, `${what} of ${user.name} (${user.id}): ended`);
    return EXIT.ok;
  },
});
