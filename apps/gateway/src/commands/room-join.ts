import { ProtocolError, type RoomId } from '@parley/protocol';
import { newCmid, roomView } from '@parley/domain';
import { memberOf } from './access.ts';
import type { Caller, Context, Handler } from './context.ts';
import { listen, requirePlace } from './listen.ts';
import { announceJoins, freshOf, submit } from './submit.ts';

const join = (roomId: RoomId, caller: Caller, context: Context) =>
  context.joins.through(async () => {
    requirePlace(context, caller, roomId);
    const joined = await submit(context, freshOf({ name: 'room:join' }, roomId, newCmid(), caller.user));
    // Removed by what came right after, in the same entry: the state is the one after both.
    if (!joined.role) throw new ProtocolError('not_member');
    announceJoins(context, caller, joined);
    return { room: roomView(joined.state, joined.role), ...(await listen(context, caller, roomId, joined.state.seq)) };
  });

/** Listens again where the caller still is a member. */
const resume = (roomId: RoomId, caller: Caller, context: Context) =>
  context.joins.through(async () => {
    const { state, role } = await memberOf(context, caller, roomId);
    return { room: roomView(state, role), ...(await listen(context, caller, roomId, state.seq)) };
  });

export const roomJoin: Handler<'room:join'> = async (request, caller, context) => {
  if ('roomId' in request) return join(request.roomId, caller, context);
  const each = request.resume ? resume : join;
  return {
    rooms: await Promise.all(request.roomIds.map((roomId) =>
      each(roomId, caller, context).then(
        (joined) => ({ ok: true as const, ...joined }),
        (error: unknown) => ({ ok: false as const, roomId, error: context.failureOf(error, 'room:join') }),
      ))),
  };
};
