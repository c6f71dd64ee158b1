import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { nameSchema } from './ids.ts';
import { userViewSchema } from './views.ts';

/** `POST /api/session`, only where guests are enabled. Each call makes a new user; names need not be unique. */
export const SESSION_PATH = '/api/session';
export const sessionRequestSchema = z.object({ name: nameSchema(LIMITS.userNameLength) });
export const sessionResponseSchema = z.object({
  token: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number().int(),
  user: userViewSchema,
});
export type SessionResponse = z.infer<typeof sessionResponseSchema>;

/** Socket.IO's `auth` of a connection. */
export const handshakeSchema = z.object({ token: z.string().max(8192), protocol: z.number().int().optional() });
