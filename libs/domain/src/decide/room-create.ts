import type { Actor } from '../command.ts';
import { accept, reject, type Decision, type Of } from './decision.ts';
import type { RoomState } from '../state.ts';

/** The only command that a room which does not exist yet accepts. Its id derives from the sender, so an existing room is the sender's own. */
export const decideRoomCreate = (state: RoomState | null, command: Of<'room:create'>, by: Actor): Decision => {
  if (state) return accept();
  if (command.kind !== 'direct') {
    return accept(
      { type: 'room.created', data: { name: command.title, kind: command.kind } },
      { type: 'member.joined', data: { userId: by.id, name: by.name, role: 'owner' } },
    );
  }
  const { peer } = command;
  if (peer.id === by.id) return reject('bad_request', 'a direct room needs two users');
  return accept(
    { type: 'room.created', data: { name: '', kind: 'direct', pair: by.id < peer.id ? [by.id, peer.id] : [peer.id, by.id] } },
    { type: 'member.joined', data: { userId: by.id, name: by.name, role: 'member' } },
    { type: 'member.joined', data: { userId: peer.id, name: peer.name, role: 'member' } },
  );
};
