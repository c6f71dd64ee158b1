import { z } from 'zod';
import { roomIdSchema } from '../ids.ts';

/** This socket hears no more of who is there in the room. */
export const presenceUnwatch = {
  name: 'presence:unwatch',
  request: z.object({ roomId: roomIdSchema }),
  response: z.object({}),
} as const;
