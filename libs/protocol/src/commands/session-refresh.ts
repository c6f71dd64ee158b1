import { z } from 'zod';

/** A fresh token for the session of this socket, which goes on with it. The old token stays good until it expires. */
export const sessionRefresh = {
  name: 'session:refresh',
  request: z.object({}),
  response: z.object({ token: z.string(), /** Milliseconds since 1970. */ expiresAt: z.number().int() }),
} as const;
