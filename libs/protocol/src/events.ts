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
  'room.updated': z.object({ name: z.string().optional(), topic: z.string().optional() }),
  'member.joined': z.object({ userId: userIdSchema, name: z.string(), role: roleSchema }),
  'member.left': z.object({ userId: userIdSchema }),
  'member.role_changed': z.object({ userId: userIdSchema, role: roleSchema }),
  'message.created': z.object({ name: z.string(), body: z.string() }),
  'message.edited': z.object({ messageId: eventIdSchema, body: z.string() }),
  'message.deleted': z.object({ messageId: eventIdSchema }),
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
