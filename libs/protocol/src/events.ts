import { z } from 'zod';
import { cmidSchema, epochSchema, eventIdSchema, roomIdSchema, seqSchema, userIdSchema } from './ids.ts';

/** Kinds of room. Anyone may find and join a public one; a private one by being added; a direct one is its pair of users. */
export const roomKindSchema = z.enum(['public', 'private', 'direct']);
export type RoomKind = z.infer<typeof roomKindSchema>;

export const roleSchema = z.enum(['owner', 'moderator', 'member']);
export type Role = z.infer<typeof roleSchema>;

/** The `data` of every event type that stands in a room's log. */
export const EVENT_DATA = {
  'room.created': z.object({ name: z.string(), kind: roomKindSchema, pair: z.tuple([userIdSchema, userIdSchema]).optional() }),
  'room.updated': z.object({
    name: z.string().optional(), topic: z.string().optional(),
    /** Pause between two messages of one member, milliseconds; 0: none. */
    slowModeMs: z.number().int().nonnegative().optional(),
    /** Whether only the owner and moderators may say anything. */
    readOnly: z.boolean().optional(),
  }),
  'member.joined': z.object({ userId: userIdSchema, name: z.string(), role: roleSchema }),
  /** By another than `userId`: removed, perhaps with a reason. */
  'member.left': z.object({ userId: userIdSchema, reason: z.string().optional() }),
  'member.role_changed': z.object({ userId: userIdSchema, role: roleSchema }),
  /** `until`: milliseconds since 1970, `null` for good. The newer mute replaces the older; so do bans. */
  'member.muted': z.object({ userId: userIdSchema, until: z.number().int().nullable(), reason: z.string() }),
  'member.unmuted': z.object({ userId: userIdSchema }),
  'member.banned': z.object({ userId: userIdSchema, until: z.number().int().nullable(), reason: z.string() }),
  'member.unbanned': z.object({ userId: userIdSchema }),
  /** `redacted`: it was deleted or hidden before it was read, and its body is empty. */
  'message.created': z.object({ name: z.string(), body: z.string(), redacted: z.literal(true).optional() }),
  'message.edited': z.object({ messageId: eventIdSchema, body: z.string(), redacted: z.literal(true).optional() }),
  'message.deleted': z.object({ messageId: eventIdSchema, reason: z.string().optional() }),
  'message.hidden': z.object({ messageId: eventIdSchema, reason: z.string() }),
  'message.restored': z.object({ messageId: eventIdSchema }),
  'epoch.sealed': z.object({ reason: z.string() }),
  'epoch.opened': z.object({ prevEpoch: epochSchema, prevSeq: seqSchema, prevId: eventIdSchema, reason: z.string() }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

const envelope = {
  roomId: roomIdSchema,
  epoch: epochSchema,
  /** Dense per room. */
  seq: seqSchema,
  id: eventIdSchema,
  /** Who did it; `null` for the system itself. */
  by: userIdSchema.nullable(),
  /** Server time, milliseconds since 1970. Orders nothing. */
  at: z.number().int(),
  /** The command's id as its sender gave it; `null` where the system acted. */
  cmid: cmidSchema.nullable(),
  /** W3C trace id, 32 hex digits. */
  trace: z.string().optional(),
};

const eventSchemas = (Object.keys(EVENT_DATA) as EventType[]).map((type) =>
  z.object({ ...envelope, type: z.literal(type), data: EVENT_DATA[type] }),
);

/** An event of a room's log, as it is stored and as clients see it. */
export type RoomEvent = {
  [T in EventType]: {
    roomId: z.infer<typeof roomIdSchema>;
    epoch: number;
    seq: number;
    id: z.infer<typeof eventIdSchema>;
    type: T;
    by: z.infer<typeof userIdSchema> | null;
    at: number;
    data: EventData<T>;
    cmid: z.infer<typeof cmidSchema> | null;
    trace?: string | undefined;
  };
}[EventType];

export const roomEventSchema = z.discriminatedUnion('type', eventSchemas as never) as unknown as z.ZodType<RoomEvent>;
