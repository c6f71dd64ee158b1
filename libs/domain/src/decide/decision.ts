import type { ErrorCode, ErrorDetail, Role, RoomKind, UserId } from '@parley/protocol';
import type { Actor, RoomCommand, Targets } from '../command.ts';
import { inForce, NOBODY, wireSanction, type Sanction, type Standing } from '../standing.ts';
import type { NewEvent, RoomState } from '../state.ts';

/** Accepted with nothing to append means: it is so already. `hide`: the message is hidden by the server in the same entry, for this reason. */
export type Decision = { ok: true; events: NewEvent[]; hide?: string } | ({ ok: false; code: ErrorCode; message?: string } & ErrorDetail);

export const accept = (...events: NewEvent[]): Decision => ({ ok: true, events });
export const reject = (code: ErrorCode, message?: string, detail: ErrorDetail = {}): Decision => ({ ok: false, code, ...(message === undefined ? {} : { message }), ...detail });
export const rejectSanctioned = (kind: 'mute' | 'ban', sanction: Sanction, message?: string): Decision =>
  reject(kind === 'mute' ? 'muted' : 'banned', message, { sanction: wireSanction(kind, sanction) });

export type Of<N extends RoomCommand['name']> = Extract<RoomCommand, { name: N }>;

/** What a verb's rule sees: an open room, and an actor whom the permission table lets give the command, under `condition`. */
export type Scene = {
  state: RoomState;
  /** `null`: the server by itself. */
  by: Actor | null;
  role: Role | null;
  condition: 'own' | 'below' | 'pace' | null;
  targets: Targets;
  /** Milliseconds since 1970. */
  now: number;
};
/** Of a command that is not the server's to give. */
export type UserScene = Scene & { by: Actor };

export const standingOf = (targets: Targets, userId: UserId): Standing => targets.members.get(userId) ?? NOBODY;

/** The role of a member as of now: roles stand in the state, mere membership is looked up. */
export const roleOf = (state: RoomState, targets: Targets, userId: UserId): Role | null => state.roles[userId] ?? standingOf(targets, userId).role;

const RANK = { member: 0, moderator: 1, owner: 2 } as const;
const rankOf = (role: Role | null): number => (role ? RANK[role] : -1);

/** Whether the actor stands above a user, and so not above oneself. An admin, and the server, stand as high as an owner: a room keeps the owner it has. */
export const isAbove = ({ state, by, role, targets }: Scene, userId: UserId): boolean =>
  by?.id !== userId && (by === null || by.admin ? RANK.owner : rankOf(role)) > rankOf(roleOf(state, targets, userId));

/** A private room does not tell strangers that it exists, a public one tells those it keeps out why. */
export const notLetIn = (kind: RoomKind, { ban }: Standing, now: number, code: ErrorCode): Decision =>
  code === 'not_member' && kind === 'public' && inForce(ban, now) ? rejectSanctioned('ban', ban) : reject(code);
