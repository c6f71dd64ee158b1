import { z } from 'zod';
import { epochSchema, roomIdSchema, seqSchema } from '../ids.ts';
import { roomEventSchema } from '../events.ts';

/** The events after `after`, in order and without a gap, up to the highest head the gateway knows (`seq`). Again while `more`. For members. */
export const roomSync = {
  name: 'room:sync',
  request: z.object({ roomId: roomIdSchema, epoch: epochSchema, after: seqSchema }),
  response: z.object({ epoch: epochSchema, seq: seqSchema, events: z.array(roomEventSchema), more: z.boolean() }),
} as const;
