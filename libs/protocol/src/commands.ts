import type { z } from 'zod';
import type { Answer } from './errors.ts';
import { auditList } from './commands/audit-list.ts';
import { memberAdd } from './commands/member-add.ts';
import { memberBan } from './commands/member-ban.ts';
import { memberMute } from './commands/member-mute.ts';
import { memberRemove } from './commands/member-remove.ts';
import { memberRole } from './commands/member-role.ts';
import { memberUnban } from './commands/member-unban.ts';
import { memberUnmute } from './commands/member-unmute.ts';
import { messageDelete } from './commands/message-delete.ts';
import { messageEdit } from './commands/message-edit.ts';
import { messageHide } from './commands/message-hide.ts';
import { messageRestore } from './commands/message-restore.ts';
import { messageSend } from './commands/message-send.ts';
import { presenceSet } from './commands/presence-set.ts';
import { presenceUnwatch } from './commands/presence-unwatch.ts';
import { presenceWatch } from './commands/presence-watch.ts';
import { reportClaim } from './commands/report-claim.ts';
import { reportCreate } from './commands/report-create.ts';
import { reportDecide } from './commands/report-decide.ts';
import { reportGet } from './commands/report-get.ts';
import { reportList } from './commands/report-list.ts';
import { reportRelease } from './commands/report-release.ts';
import { roomCreate } from './commands/room-create.ts';
import { roomHistory } from './commands/room-history.ts';
import { roomJoin } from './commands/room-join.ts';
import { roomLeave } from './commands/room-leave.ts';
import { roomList } from './commands/room-list.ts';
import { roomMembers } from './commands/room-members.ts';
import { roomSanctions } from './commands/room-sanctions.ts';
import { roomSync } from './commands/room-sync.ts';
import { roomUpdate } from './commands/room-update.ts';
import { ruleList } from './commands/rule-list.ts';
import { ruleSave } from './commands/rule-save.ts';
import { sanctionList } from './commands/sanction-list.ts';
import { sessionRefresh } from './commands/session-refresh.ts';
import { sessionRevoke } from './commands/session-revoke.ts';
import { typingSet } from './commands/typing-set.ts';
import { userBan } from './commands/user-ban.ts';
import { userGet } from './commands/user-get.ts';
import { userRecord } from './commands/user-record.ts';
import { userUnban } from './commands/user-unban.ts';

/** Every event a client may emit. Each is answered through its acknowledgement callback with an {@link Answer}. */
export const COMMANDS = {
  'room:create': roomCreate,
  'room:join': roomJoin,
  'room:leave': roomLeave,
  'room:update': roomUpdate,
  'room:list': roomList,
  'room:members': roomMembers,
  'room:sync': roomSync,
  'room:history': roomHistory,
  'message:send': messageSend,
  'message:edit': messageEdit,
  'message:delete': messageDelete,
  'member:add': memberAdd,
  'member:remove': memberRemove,
  'member:role': memberRole,
  'user:get': userGet,
  'presence:set': presenceSet,
  'presence:watch': presenceWatch,
  'presence:unwatch': presenceUnwatch,
  'typing:set': typingSet,
  'message:hide': messageHide,
  'message:restore': messageRestore,
  'member:mute': memberMute,
  'member:unmute': memberUnmute,
  'member:ban': memberBan,
  'member:unban': memberUnban,
  'room:sanctions': roomSanctions,
  'sanction:list': sanctionList,
  'user:ban': userBan,
  'user:unban': userUnban,
  'user:record': userRecord,
  'session:refresh': sessionRefresh,
  'session:revoke': sessionRevoke,
  'report:create': reportCreate,
  'report:list': reportList,
  'report:get': reportGet,
  'report:claim': reportClaim,
  'report:release': reportRelease,
  'report:decide': reportDecide,
  'audit:list': auditList,
  'rule:list': ruleList,
  'rule:save': ruleSave,
} as const;

export type CommandName = keyof typeof COMMANDS;
/** A command as a client writes it (defaults not yet filled in, ids not yet checked). */
export type CommandInput<N extends CommandName> = z.input<(typeof COMMANDS)[N]['request']>;
/** A command as the gateway has parsed it. */
export type CommandRequest<N extends CommandName> = z.output<(typeof COMMANDS)[N]['request']>;
export type CommandResponse<N extends CommandName> = z.output<(typeof COMMANDS)[N]['response']>;
export type CommandAnswer<N extends CommandName> = Answer<CommandResponse<N>>;

/** For Socket.IO's type parameters. */
export type ClientToServerEvents = {
  [N in CommandName]: (request: CommandInput<N>, answer: (answer: CommandAnswer<N>) => void) => void;
};
