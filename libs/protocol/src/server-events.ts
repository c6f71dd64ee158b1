import { z } from 'zod';
import { epochSchema, roomIdSchema, seqSchema, userIdSchema } from './ids.ts';
import { roomEventSchema } from './events.ts';
import { presenceCountFields, presenceViewSchema } from './presence.ts';
import { wireErrorSchema } from './errors.ts';
import { sanctionViewSchema } from './moderation.ts';
import { roomViewSchema } from './views.ts';

/** Every event the server may emit. All are hints: what they tell can also be asked for. */
export const SERVER_EVENTS = {
  /** New events of one room, ascending and dense. Apply one if and only if its `seq` is known + 1. */
  'room:events': z.object({ roomId: roomIdSchema, epoch: epochSchema, events: z.array(roomEventSchema).min(1) }),
  /** How far the room's log reaches. Above what is known: sync. */
  'room:head': z.object({ roomId: roomIdSchema, epoch: epochSchema, seq: seqSchema }),
  /** This gateway cannot confirm heads at present (`live: false`), or can again. While it cannot, nothing is delivered. */
  'room:live': z.object({ roomId: roomIdSchema, live: z.boolean() }),
  /** The user became a member of a room, by another's act or on another device. */
  'room:added': z.object({ room: roomViewSchema }),
  /** The user is no longer a member; of one removed by another, why, and of one banned, until when. */
  'room:removed': z.object({ roomId: roomIdSchema, reason: z.string().optional(), ban: z.object({ until: z.number().int().nullable() }).optional() }),
  /** What is in force against this user has changed, in a room or on the server (`roomId: null`); `sanction: null`: it was undone. */
  'sanction:changed': z.object({ roomId: roomIdSchema.nullable(), kind: z.enum(['mute', 'ban']), sanction: sanctionViewSchema.nullable() }),
  /** Something in the queue of a room this user moderates has changed: list it again. At most once a second. */
  'report:changed': z.object({}),
  /** The token of this socket will expire: `session:refresh`. */
  'session:expiring': z.object({ expiresAt: z.number().int() }),
  /** The socket is about to be closed for good: the session was revoked or has expired, or the user is banned. */
  'session:ended': z.object({ error: wireErrorSchema }),
  /** Of a room this socket watches: how many are there, and whose presence changed since it was last told. At most once a second. */
  'presence:changed': z.object({ roomId: roomIdSchema, ...presenceCountFields, users: z.array(presenceViewSchema) }),
  /** Another user types in a room this socket listens to, or has stopped. Over by itself after `typingMs`. */
  'typing:changed': z.object({ roomId: roomIdSchema, userId: userIdSchema, name: z.string(), typing: z.boolean() }),
  /** This gateway is leaving: disconnect and connect again after `afterMs`. */
  'session:reconnect': z.object({ afterMs: z.number().int().nonnegative() }),
} as const;

export type ServerEventName = keyof typeof SERVER_EVENTS;
export type ServerEvent<N extends ServerEventName> = z.infer<(typeof SERVER_EVENTS)[N]>;

/** For Socket.IO's type parameters. */
export type ServerToClientEvents = { [N in ServerEventName]: (event: ServerEvent<N>) => void };
