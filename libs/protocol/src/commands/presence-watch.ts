import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { roomIdSchema, userIdSchema } from '../ids.ts';
import { presenceCountFields, presenceViewSchema } from '../presence.ts';

/**
 * From now on this socket hears who is there in the room; again with other users: these from now on. `users` of the answer are
 * those named, and everybody who is there, unless that is more than `presenceRoom`: then those named only.
 */
export const presenceWatch = {
  name: 'presence:watch',
  request: z.object({ roomId: roomIdSchema, userIds: z.array(userIdSchema).max(LIMITS.presenceWindow).optional() }),
  response: z.object({ ...presenceCountFields, users: z.array(presenceViewSchema) }),
} as const;
