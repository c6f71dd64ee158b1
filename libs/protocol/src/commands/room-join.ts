import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { wireErrorSchema } from '../errors.ts';
import { epochSchema, roomIdSchema, seqSchema } from '../ids.ts';
import { roomViewSchema } from '../views.ts';

export const joinedSchema = z.object({ room: roomViewSchema, epoch: epochSchema, seq: seqSchema });

/**
 * Member from now on (a member appends nothing), and listening on this socket. Many rooms in one call on resume: each has
 * its own answer, in the order asked. With `resume` one only listens: who was removed meanwhile does not come back by reconnecting.
 */
export const roomJoin = {
  name: 'room:join',
  request: z.union([
    z.object({ roomId: roomIdSchema }),
    z.object({ roomIds: z.array(roomIdSchema).min(1).max(LIMITS.joinRooms), resume: z.boolean().optional() }),
  ]),
  response: z.union([
    joinedSchema,
    z.object({
      rooms: z.array(z.union([
        joinedSchema.extend({ ok: z.literal(true) }),
        z.object({ ok: z.literal(false), roomId: roomIdSchema, error: wireErrorSchema }),
      ])),
    }),
  ]),
} as const;
