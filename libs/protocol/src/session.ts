import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { nameSchema } from './ids.ts';
import { userViewSchema } from './views.ts';

/** One sign-in: it stays the same through refreshes. A ULID, from another issuer its `sid` or `jti`. */
export const sessionIdSchema = z.string().min(1).max(128).regex(/^[A-Za-z0-9._:-]+$/, 'not a session id').brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;
/** Made by the client once, and kept: what the user knows as one device. */
export const deviceIdSchema = z.string().min(8).max(64).regex(/^[A-Za-z0-9._:-]+$/, 'not a device id').brand<'DeviceId'>();
export type DeviceId = z.infer<typeof deviceIdSchema>;

/** `POST /api/session`, only where guests are enabled. Each call makes a new user; names need not be unique. */
export const SESSION_PATH = '/api/session';
/** The public keys that verify tokens of this server (RFC 7517). */
export const JWKS_PATH = '/.well-known/jwks.json';
export const sessionRequestSchema = z.object({ name: nameSchema(LIMITS.userNameLength), deviceId: deviceIdSchema.optional() });
export const sessionResponseSchema = z.object({
  token: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number().int(),
  user: userViewSchema,
  /** Whether the user is an admin of the server. Absent: no. */
  admin: z.boolean().optional(),
});
export type SessionResponse = z.infer<typeof sessionResponseSchema>;

/** Longer than any issuer makes them. */
export const tokenSchema = z.string().max(8192);

/** Socket.IO's `auth` of a connection. */
export const handshakeSchema = z.object({ token: tokenSchema, protocol: z.number().int().optional() });
