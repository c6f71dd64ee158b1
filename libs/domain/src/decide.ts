import type { RoomCommand, Targets } from './command.ts';
import { holdToRules } from './content.ts';
import { permit, SYSTEM_MAY } from './permissions.ts';
import type { RoomState } from './state.ts';
import { accept, notLetIn, reject, roleOf, standingOf, type Decision, type Scene, type UserScene } from './decide/decision.ts';
import { decideMemberAdd } from './decide/member-add.ts';
import { decideMemberBan } from './decide/member-ban.ts';
import { decideMemberMute } from './decide/member-mute.ts';
import { decideMemberRemove } from './decide/member-remove.ts';
import { decideMemberRole } from './decide/member-role.ts';
import { decideMemberUnban } from './decide/member-unban.ts';
import { decideMemberUnmute } from './decide/member-unmute.ts';
import { decideMessageDelete } from './decide/message-delete.ts';
import { decideMessageEdit } from './decide/message-edit.ts';
import { decideMessageHide } from './decide/message-hide.ts';
import { decideMessageRestore } from './decide/message-restore.ts';
import { decideMessageSend } from './decide/message-send.ts';
import { decideRoomCreate } from './decide/room-create.ts';
import { decideRoomJoin } from './decide/room-join.ts';
import { decideRoomLeave } from './decide/room-leave.ts';
import { decideRoomUpdate } from './decide/room-update.ts';

/** The rules of a room: what follows from a command in a state. Pure. `targets` holds what `targetsOf(command)` names; `now` is milliseconds since 1970. */
export const decide = (state: RoomState | null, command: RoomCommand, targets: Targets, now: number): Decision =>
  holdToRules(decideByRoom(state, command, targets, now), state, command, targets);

const decideByRoom = (state: RoomState | null, command: RoomCommand, targets: Targets, now: number): Decision => {
  if (state?.sealed) return reject('unavailable', 'the room is moving to its next epoch');
  const { by } = command;
  if (by === null && !SYSTEM_MAY.has(command.name)) return reject('forbidden');
  if (command.name === 'epoch:seal') {
    if (by !== null) return reject('forbidden');
    return state ? accept({ type: 'epoch.sealed', data: { reason: command.reason } }) : reject('room_not_found');
  }
  if (command.name === 'room:create') return by ? decideRoomCreate(state, command, by) : reject('forbidden');
  if (!state) return reject('room_not_found');
  const role = by && roleOf(state, targets, by.id);
  const permitted = permit(command.name, state.kind, role, by === null || by.admin);
  if (!permitted.ok) return by ? notLetIn(state.kind, standingOf(targets, by.id), now, permitted.code) : reject('forbidden');
  const { condition } = permitted;
  const scene: Scene = { state, by, role, condition, targets, now };
  switch (command.name) {
    case 'message:hide': return decideMessageHide(scene, command);
    case 'message:restore': return decideMessageRestore(scene, command);
    case 'member:mute': return decideMemberMute(scene, command);
    case 'member:unmute': return decideMemberUnmute(scene, command);
    default:
  }
  if (!by) return reject('forbidden');
  const own: UserScene = { ...scene, by };
  switch (command.name) {
    case 'room:join': return decideRoomJoin(own);
    case 'room:leave': return decideRoomLeave(own);
    case 'room:update': return decideRoomUpdate(own, command);
    case 'member:add': return decideMemberAdd(own, command);
    case 'member:remove': return decideMemberRemove(own, command);
    case 'member:role': return decideMemberRole(own, command);
    case 'member:ban': return decideMemberBan(own, command);
    case 'member:unban': return decideMemberUnban(own, command);
    case 'message:send': return decideMessageSend(own, command);
    case 'message:edit': return decideMessageEdit(own, command);
    case 'message:delete': return decideMessageDelete(own, command);
  }
};
