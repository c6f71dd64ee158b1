import type { ErrorCode, Role, UserId } from '@parley/protocol';
import type { Actor, RoomCommand, Targets } from '../command.ts';
import type { NewEvent, RoomState } from '../state.ts';

/** Accepted with nothing to append means: it is so already. */
export type Decision = { ok: true; events: NewEvent[] } | { ok: false; code: ErrorCode; message?: string };

export const accept = (...events: NewEvent[]): Decision => ({ ok: true, events });
export const reject = (code: ErrorCode, message?: string): Decision => ({ ok: false, code, ...(message === undefined ? {} : { message }) });

export type Of<N extends RoomCommand['name']> = Extract<RoomCommand, { name: N }>;

/** What a verb's rule sees: an open room and a known actor. */
export type Scene = { state: RoomState; by: Actor; role: Role | null; targets: Targets };

/** The role of a member as of now: roles stand in the state, mere membership is looked up. */
export const roleOf = (state: RoomState, targets: Targets, userId: UserId): Role | null =>
  state.roles[userId] ?? targets.members.get(userId) ?? null;

const RANK = { member: 0, moderator: 1, owner: 2 } as const;
export const outranks = (a: Role, b: Role): boolean => RANK[a] > RANK[b];

/** A private room does not tell strangers that it exists. */
export const notMember = (state: RoomState): Decision => reject(state.kind === 'public' ? 'not_member' : 'room_not_found');
