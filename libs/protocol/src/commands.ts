import type { z } from 'zod';
import type { Answer } from './errors.ts';
import { memberAdd } from './commands/member-add.ts';
import { memberRemove } from './commands/member-remove.ts';
import { memberRole } from './commands/member-role.ts';
import { messageDelete } from './commands/message-delete.ts';
import { messageEdit } from './commands/message-edit.ts';
import { messageSend } from './commands/message-send.ts';
import { presenceSet } from './commands/presence-set.ts';
import { presenceUnwatch } from './commands/presence-unwatch.ts';
import { presenceWatch } from './commands/presence-watch.ts';
import { roomCreate } from './commands/room-create.ts';
import { roomHistory } from './commands/room-history.ts';
import { roomJoin } from './commands/room-join.ts';
import { roomLeave } from './commands/room-leave.ts';
import { roomList } from './commands/room-list.ts';
import { roomMembers } from './commands/room-members.ts';
import { roomSync } from './commands/room-sync.ts';
import { roomUpdate } from './commands/room-update.ts';
import { typingSet } from './commands/typing-set.ts';
import { userGet } from './commands/user-get.ts';

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
