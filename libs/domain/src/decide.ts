import type { RoomCommand, Targets } from './command.ts';
import type { RoomState } from './state.ts';
import { accept, reject, roleOf, type Decision, type Scene } from './decide/decision.ts';
import { decideMemberAdd } from './decide/member-add.ts';
import { decideMemberRemove } from './decide/member-remove.ts';
import { decideMemberRole } from './decide/member-role.ts';
import { decideMessageDelete } from './decide/message-delete.ts';
import { decideMessageEdit } from './decide/message-edit.ts';
import { decideMessageSend } from './decide/message-send.ts';
import { decideRoomCreate } from './decide/room-create.ts';
import { decideRoomJoin } from './decide/room-join.ts';
import { decideRoomLeave } from './decide/room-leave.ts';
import { decideRoomUpdate } from './decide/room-update.ts';

/** The rules of a room: what follows from a command in a state. Pure. `targets` holds what `targetsOf(command)` names. */
export const decide = (state: RoomState | null, command: RoomCommand, targets: Targets): Decision => {
  if (state?.sealed) return reject('unavailable', 'the room is moving to its next epoch');
  if (command.name === 'epoch:seal') {
    if (command.by !== null) return reject('forbidden');
    return state ? accept({ type: 'epoch.sealed', data: { reason: command.reason } }) : reject('room_not_found');
  }
  const { by } = command;
  if (!by) return reject('forbidden');
  if (command.name === 'room:create') return decideRoomCreate(state, command, by);
  if (!state) return reject('room_not_found');
  const scene: Scene = { state, by, role: roleOf(state, targets, by.id), targets };
  switch (command.name) {
    case 'room:join': return decideRoomJoin(scene);
    case 'room:leave': return decideRoomLeave(scene);
    case 'room:update': return decideRoomUpdate(scene, command);
    case 'member:add': return decideMemberAdd(scene, command);
    case 'member:remove': return decideMemberRemove(scene, command);
    case 'member:role': return decideMemberRole(scene, command);
    case 'message:send': return decideMessageSend(scene, command);
    case 'message:edit': return decideMessageEdit(scene, command);
    case 'message:delete': return decideMessageDelete(scene, command);
  }
};
