import { z } from 'zod';
import { userIdSchema } from './ids.ts';

/** What one device says of its user. */
export const activitySchema = z.enum(['online', 'away']);
export type Activity = z.infer<typeof activitySchema>;

/** A user is online while any device is, else away while any device is away. `unknown`: who would know cannot be asked at present. */
export const presenceStatusSchema = z.enum(['online', 'away', 'offline', 'unknown']);
export type PresenceStatus = z.infer<typeof presenceStatusSchema>;

/** A user's presence in a room: of its devices that listen to the room. */
export const presenceViewSchema = z.object({
  userId: userIdSchema,
  status: presenceStatusSchema,
  /** Of a user who is not there: when it was last there, milliseconds since 1970. Absent: not known. */
  lastSeenAt: z.number().int().optional(),
});
export type PresenceView = z.infer<typeof presenceViewSchema>;

/** How many users are there, and whether that is all: `complete: false` while only this gateway's own users are known for certain. */
export const presenceCountFields = {
  online: z.number().int().nonnegative(),
  away: z.number().int().nonnegative(),
  complete: z.boolean(),
} as const;
