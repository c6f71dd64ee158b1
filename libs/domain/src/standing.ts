import type { EventId, Role, RoomEvent, UserId, WireSanction } from '@parley/protocol';

/** `until`: milliseconds since 1970, `null` for good. */
export type Sanction = { reason: string; until: number | null };
/** A message said: where, and when. */
export type Said = { seq: number; at: number };

/** How a user stands in a room. Looked up, as membership is: a room may have any number of members and of those it keeps out. */
export type Standing = {
  /** `null`: not a member. */
  role: Role | null;
  /** May have run out: see {@link inForce}. */
  mute: Sanction | null;
  ban: Sanction | null;
  /** Its last message. Those from before slow mode was last turned on may be left out: they count for nothing. */
  said: Said | null;
};

/** Who was never heard of in a room. */
export const NOBODY: Standing = { role: null, mute: null, ban: null, said: null };

export const inForce = (sanction: Sanction | null | undefined, now: number): sanction is Sanction =>
  sanction !== null && sanction !== undefined && (sanction.until === null || sanction.until > now);

export const wireSanction = (kind: WireSanction['kind'], { reason, until }: Sanction): WireSanction => ({ kind, reason, until });

/**
 * Whose standing an event changes, and what of it; the rest stays as it was. Whoever keeps standings folds by this.
 * A mute outlives a membership, or leaving and joining would undo it. The owner is never under one: nobody could undo it.
 */
export const standingChange = (event: RoomEvent): { userId: UserId; change: Partial<Standing> } | null => {
  switch (event.type) {
    case 'member.joined': {
      const { userId, role } = event.data;
      return { userId, change: role === 'owner' ? { role, ban: null, mute: null } : { role, ban: null } };
    }
    case 'member.left':
      return { userId: event.data.userId, change: { role: null } };
    case 'member.role_changed': {
      // What an owner or a moderator said was not held to slow mode.
      const { userId, role } = event.data;
      return { userId, change: role === 'owner' ? { role, said: null, mute: null } : { role, said: null } };
    }
    case 'member.muted':
      return { userId: event.data.userId, change: { mute: { reason: event.data.reason, until: event.data.until } } };
    case 'member.unmuted':
      return { userId: event.data.userId, change: { mute: null } };
    case 'member.banned':
      return { userId: event.data.userId, change: { ban: { reason: event.data.reason, until: event.data.until } } };
    case 'member.unbanned':
      return { userId: event.data.userId, change: { ban: null } };
    case 'message.created':
      return event.by && { userId: event.by, change: { said: { seq: event.seq, at: event.at } } };
    default:
      return null;
  }
};

/** What `decide` needs of a message. */
export type MessageTarget = { by: UserId; deleted: boolean; /** Why it is hidden; `null`: it is not. */ hidden: string | null };

/** Why a message is hidden that waits for an outside checker. What is decided about it takes its place. */
export const HELD = 'waiting for a check';

/** Which message an event changes, and what of it. */
export const messageChange = (event: RoomEvent): { id: EventId; change: Partial<MessageTarget> } | null => {
  switch (event.type) {
    case 'message.created':
      return event.by && { id: event.id, change: { by: event.by, deleted: false, hidden: null } };
    case 'message.deleted':
      return { id: event.data.messageId, change: { deleted: true } };
    case 'message.hidden':
      return { id: event.data.messageId, change: { hidden: event.data.reason } };
    case 'message.restored':
      return { id: event.data.messageId, change: { hidden: null } };
    default:
      return null;
  }
};
