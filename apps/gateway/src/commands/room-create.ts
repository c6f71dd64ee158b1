import { ProtocolError } from '@parley/protocol';
import { directRoomIdOf, roomIdOf, roomView, type RoomCommand } from '@parley/domain';
import { findingsOn, reportFound } from '../rules/hold.ts';
import type { Caller, Context, Handler } from './context.ts';
import { listen, requirePlace } from './listen.ts';
import { announceJoins, submit } from './submit.ts';
import { findUser } from './user-get.ts';

type Request = Parameters<Handler<'room:create'>>[0];

const commandOf = async (request: Request, caller: Caller, context: Context): Promise<RoomCommand> => {
  const { cmid } = request;
  const { user } = caller;
  if (request.kind !== 'direct') {
    const { kind, name } = request;
    const roomId = roomIdOf(user.id, cmid);
    return { name: 'room:create', kind, title: name, roomId, cmid, by: user, findings: findingsOn(context, caller, { kind: 'name', text: name, roomId, cmid }) };
  }
  if (request.userId === user.id) throw new ProtocolError('bad_request', 'a direct room needs two users');
  const peer = await findUser(context, request.userId);
  return { name: 'room:create', kind: 'direct', peer, roomId: directRoomIdOf(user.id, peer.id), cmid, by: user };
};

export const roomCreate: Handler<'room:create'> = async (request, caller, context) => {
  const command = await commandOf(request, caller, context);
  requirePlace(context, caller, command.roomId);
  const created = await submit(context, command);
  announceJoins(context, caller, created);
  reportFound(context, command, created, null);
  const room = roomView(created.state, created.role);
  // Someone who has left the room since may still ask what became of it.
  if (!created.role) return { room, epoch: created.state.epoch, seq: created.state.seq };
  return { room, ...(await listen(context, caller, room.id, created.state.seq)) };
};
