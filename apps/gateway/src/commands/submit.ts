import { ProtocolError, type Cmid, type CommandRequest, type RoomId } from '@parley/protocol';
import { roomView, type Actor, type CommandBody, type RoomCommand } from '@parley/domain';
import type { CommandResult } from '@parley/appender';
import type { Caller, Context } from './context.ts';

export type Accepted = Extract<CommandResult, { ok: true }>;

/** Puts a command into its room's log. Throws the rules' rejection, or a retryable error. */
export const submit = ({ appenders }: Context, command: RoomCommand): Promise<Accepted> =>
  new Promise((resolve, reject) => {
    appenders.submit(command, (result) => {
      if (result.ok) resolve(result);
      else reject(ProtocolError.from(result.error));
    });
  });

type Change = Pick<CommandRequest<'room:leave'>, 'roomId' | 'cmid' | 'after'>;

/** The command of a change as its sender sent it. */
export const changeOf = (body: CommandBody, { roomId, cmid, after }: Change, by: Actor): RoomCommand => ({ ...body, roomId, cmid, after, by });

/** A command without a cmid of its sender's, made for this very call. */
export const freshOf = (body: CommandBody, roomId: RoomId, cmid: Cmid, by: Actor): RoomCommand => ({ ...body, roomId, cmid, after: 'fresh', by });

/** Tells each user who became a member by this command, on all their devices but the one that asked. */
export const announceJoins = ({ io }: Context, { socket }: Caller, { state, events }: Accepted): void => {
  for (const event of events) {
    if (event.type === 'member.joined') io.to(event.data.userId).except(socket.id).emit('room:added', { room: roomView(state, event.data.role) });
  }
};
