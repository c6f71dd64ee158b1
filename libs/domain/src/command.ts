import type { After, Cmid, EventId, Role, RoomId, UserId } from '@parley/protocol';
import type { ContentFinding } from './content.ts';
import type { MessageTarget, Standing } from './standing.ts';

export type Actor = {
  id: UserId;
  name: string;
  /** Of the server. Absent: no. */
  admin?: boolean | undefined;
};

/** What is asked of a room. The names are those of the wire. */
export type CommandBody =
  | { name: 'room:create'; kind: 'public' | 'private'; title: string }
  | { name: 'room:create'; kind: 'direct'; peer: Actor }
  | { name: 'room:join' }
  | { name: 'room:leave' }
  | { name: 'room:update'; title?: string | undefined; topic?: string | undefined; slowModeMs?: number | undefined; readOnly?: boolean | undefined }
  | { name: 'member:add'; user: Actor }
  | { name: 'member:remove'; userId: UserId; reason?: string | undefined }
  | { name: 'member:role'; userId: UserId; role: Role }
  | { name: 'message:send'; body: string }
  | { name: 'message:edit'; messageId: EventId; body: string }
  | { name: 'message:delete'; messageId: EventId; reason?: string | undefined }
  | { name: 'message:hide'; messageId: EventId; reason: string }
  | { name: 'message:restore'; messageId: EventId }
  /** `forMs: null`: for good. */
  | { name: 'member:mute'; userId: UserId; forMs: number | null; reason: string }
  | { name: 'member:unmute'; userId: UserId }
  | { name: 'member:ban'; userId: UserId; forMs: number | null; reason: string }
  | { name: 'member:unban'; userId: UserId }
  | { name: 'epoch:seal'; reason: string };

export type RoomCommand = CommandBody & {
  roomId: RoomId;
  /** `null` only for the system. */
  by: Actor | null;
  cmid: Cmid;
  /**
   * What the sender knew when it first tried; frozen with the command. `'fresh'` marks a cmid made for this very call,
   * which cannot have been used before. Absent: it may be a retry of any age.
   */
  after?: After | 'fresh' | undefined;
  trace?: string | undefined;
  /** What the server's rules hold against what is said, in their order. */
  findings?: readonly ContentFinding[] | undefined;
};

/** The rows a command is about, looked up before `decide`. */
export type TargetKeys = { members: UserId[]; messages: EventId[] };

export type Targets = {
  /** Left out: nothing is known of the user in this room. */
  members: ReadonlyMap<UserId, Standing>;
  /** `null` for no such message. */
  messages: ReadonlyMap<EventId, MessageTarget | null>;
};

/** Which rows `decide` will want for a command. */
export const targetsOf = (command: RoomCommand): TargetKeys => {
  const members = command.by ? [command.by.id] : [];
  if (command.name === 'member:add') members.push(command.user.id);
  else if ('userId' in command) members.push(command.userId);
  return { members: [...new Set(members)], messages: 'messageId' in command ? [command.messageId] : [] };
};
