import { z } from 'zod';
import { epochSchema, roomIdSchema, seqSchema, userIdSchema } from './ids.ts';
import { roomEventSchema } from './events.ts';
import { presenceCountFields, presenceViewSchema } from './presence.ts';
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
  /** The user is no longer a member. */
  'room:removed': z.object({ roomId: roomIdSchema }),
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
