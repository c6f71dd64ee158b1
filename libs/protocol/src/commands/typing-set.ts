import { z } from 'zod';
import { roomIdSchema } from '../ids.ts';

/** The user types, or has stopped. Fleeting: told to others where it can be, and kept nowhere. */
export const typingSet = {
  name: 'typing:set',
  request: z.object({ roomId: roomIdSchema, typing: z.boolean() }),
  response: z.object({}),
} as const;
