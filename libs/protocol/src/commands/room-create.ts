import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { changeFields, cmidSchema, epochSchema, nameSchema, seqSchema, userIdSchema } from '../ids.ts';
import { roomViewSchema } from '../views.ts';

/** Creates a room with the sender as owner, or finds the one this cmid (or this pair) already made. The sender listens from now on. */
export const roomCreate = {
  name: 'room:create',
  request: z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['public', 'private']), name: nameSchema(LIMITS.roomNameLength), cmid: cmidSchema, attempt: changeFields.attempt }),
    z.object({ kind: z.literal('direct'), userId: userIdSchema, name: z.string().max(LIMITS.roomNameLength).optional(), cmid: cmidSchema, attempt: changeFields.attempt }),
  ]),
  response: z.object({ room: roomViewSchema, epoch: epochSchema, seq: seqSchema }),
} as const;
