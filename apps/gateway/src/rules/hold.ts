import { decodeTime } from 'ulid';
import type { Finding, Said } from '@parley/content-rules';
import { findingsAgainst, newCmid, type RoomCommand } from '@parley/domain';
import { LIMITS, ProtocolError, type Cmid, type EventId, type RoomId, type UserId } from '@parley/protocol';
import type { Caller, Context } from '../commands/context.ts';
import { tellModerators } from '../commands/permits.ts';
import type { Accepted } from '../commands/submit.ts';
import type { Session } from '../sessions/session.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** A user's id tells when it was made, if it was made here: an issuer's users have ids that are made of their names. */
const accountSinceOf = ({ issuer, user }: Session): number | null => {
  if (issuer !== null) return null;
  try {
    return decodeTime(user.id.slice(1).toUpperCase());
  } catch {
    return null;
  }
};

type Content = { kind: Said['kind']; text: string; roomId: RoomId; cmid: Cmid };

/** What the rules find in what a command says. Throws `unavailable`. */
export const findingsOn = ({ rules, roomJoins }: Context, { socket, user }: Caller, { kind, text, roomId, cmid }: Content): Finding[] =>
  rules.judge({ kind, text, by: user.id, cmid: `${roomId}/${cmid}`, accountSince: accountSinceOf(socket.data.session), memberSince: roomJoins.since(roomId, user.id) });

/** Puts into the queue what was appended though a rule has something against it. `messageId: null`: it is about the name of a room. */
export const reportFound = (context: Context, command: RoomCommand, accepted: Accepted, messageId: EventId | null): void => {
  const { by, roomId, findings } = command;
  // A retry, or the same as it was.
  if (!by || !findings || accepted.events.length === 0) return;
  const members = new Map(accepted.role ? [[by.id, { role: accepted.role, mute: null, ban: null, said: null }]] : []);
  const reported = findingsAgainst(accepted.state, command, { members, messages: new Map() }).find(({ action }) => action === 'report');
  if (!reported) return;
  context.contentReports.add(
    { roomId, messageId, userId: by.id, by: null, category: 'other', remark: reported.reason.slice(0, LIMITS.remarkLength), at: Date.now(), cmid: `rule.${accepted.id}` as Cmid },
    () => tellModerators(context, accepted.state, by.id),
  );
};

/** Throws `content_refused` for a name that no user may have. Nobody is a moderator yet, and a name cannot be hidden. */
export const requireName = (rules: RulesInForce, userId: UserId, name: string): void => {
  const refused = rules.judge({ kind: 'name', text: name, by: userId, cmid: newCmid(), accountSince: null, memberSince: null }).find(({ action }) => action !== 'report');
  if (refused) throw new ProtocolError('content_refused', refused.reason);
};
