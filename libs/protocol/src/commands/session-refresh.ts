import { z } from 'zod';
import { tokenSchema } from '../session.ts';

/**
 * The session of this socket goes on: with a fresh token that the server makes, or with one that another issuer made for the
 * same user, for whom it vouches. The old token stays good until it expires.
 */
export const sessionRefresh = {
  name: 'session:refresh',
  request: z.object({ token: tokenSchema.optional() }),
  response: z.object({ token: z.string(), /** Milliseconds since 1970. */ expiresAt: z.number().int() }),
} as const;
