import type { After, Cmid, EventId, Role, RoomId, UserId } from '@parley/protocol';

export type Actor = { id: UserId; name: string };

/** What is asked of a room. The names are those of the wire. */
export type CommandBody =
  | { name: 'room:create'; kind: 'public' | 'private'; title: string }
  | { name: 'room:create'; kind: 'direct'; peer: Actor }
  | { name: 'room:join' }
  | { name: 'room:leave' }
  | { name: 'room:update'; title?: string | undefined; topic?: string | undefined }
  | { name: 'member:add'; user: Actor }
  | { name: 'member:remove'; userId: UserId }
  | { name: 'member:role'; userId: UserId; role: Role }
  | { name: 'message:send'; body: string }
  | { name: 'message:edit'; messageId: EventId; body: string }
  | { name: 'message:delete'; messageId: EventId }
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
};

/** The rows a command is about, looked up before `decide`. */
export type TargetKeys = { members: UserId[]; messages: EventId[] };

export type MessageTarget = { by: UserId; deleted: boolean };
export type Targets = {
  /** Role, or `null` for not a member. */
  members: ReadonlyMap<UserId, Role | null>;
  /** `null` for no such message. */
  messages: ReadonlyMap<EventId, MessageTarget | null>;
};

/** Which rows `decide` will want for a command. */
export const targetsOf = (command: RoomCommand): TargetKeys => {
  const members = command.by ? [command.by.id] : [];
  const messages: EventId[] = [];
  if (command.name === 'member:add') members.push(command.user.id);
  if (command.name === 'member:remove' || command.name === 'member:role') members.push(command.userId);
  if (command.name === 'message:edit' || command.name === 'message:delete') messages.push(command.messageId);
  return { members: [...new Set(members)], messages };
};
