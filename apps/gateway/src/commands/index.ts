import type { CommandName } from '@parley/protocol';
import type { Handler } from './context.ts';
import { auditList } from './audit-list.ts';
import { memberAdd } from './member-add.ts';
import { memberBan } from './member-ban.ts';
import { memberMute } from './member-mute.ts';
import { memberRemove } from './member-remove.ts';
import { memberRole } from './member-role.ts';
import { memberUnban } from './member-unban.ts';
import { memberUnmute } from './member-unmute.ts';
import { messageDelete } from './message-delete.ts';
import { messageEdit } from './message-edit.ts';
import { messageHide } from './message-hide.ts';
import { messageRestore } from './message-restore.ts';
import { messageSend } from './message-send.ts';
import { presenceSet } from './presence-set.ts';
import { presenceUnwatch } from './presence-unwatch.ts';
import { presenceWatch } from './presence-watch.ts';
import { reportClaim } from './report-claim.ts';
import { reportCreate } from './report-create.ts';
import { reportDecide } from './report-decide.ts';
import { reportGet } from './report-get.ts';
import { reportList } from './report-list.ts';
import { reportRelease } from './report-release.ts';
import { roomCreate } from './room-create.ts';
import { roomHistory } from './room-history.ts';
import { roomJoin } from './room-join.ts';
import { roomLeave } from './room-leave.ts';
import { roomList } from './room-list.ts';
import { roomMembers } from './room-members.ts';
import { roomSanctions } from './room-sanctions.ts';
import { roomSync } from './room-sync.ts';
import { roomUpdate } from './room-update.ts';
import { ruleList } from './rule-list.ts';
import { ruleSave } from './rule-save.ts';
import { sanctionList } from './sanction-list.ts';
import { sessionRefresh } from './session-refresh.ts';
import { sessionRevoke } from './session-revoke.ts';
import { typingSet } from './typing-set.ts';
import { userBan } from './user-ban.ts';
import { userGet } from './user-get.ts';
import { userUnban } from './user-unban.ts';
import { userRecord } from './user-record.ts';

export const HANDLERS: { readonly [N in CommandName]: Handler<N> } = {
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
};
