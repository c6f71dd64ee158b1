import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { LIMITS, nameSchema, ProtocolError, userIdSchema } from '@parley/protocol';
import type { Actor } from '@parley/domain';
import type { SessionKey } from './session-key.ts';

export type Session = { user: Actor; /** Milliseconds since 1970. */ expiresAt: number };

export interface Sessions {
  /** A token for `user`, good from now on. */
  issue(user: Actor): { token: string; expiresAt: number };
  /** Throws `unauthenticated`, for any token but one that {@link issue} could have made and that is still good. */
  verify(token: string): Session;
}

const ALGORITHM = 'ES256';
// `exp` is checked here: the library demands it of nobody, it only honours it.
const claimsSchema = z.object({ sub: userIdSchema, name: nameSchema(LIMITS.userNameLength), exp: z.number().int().positive() });

export type SessionSettings = { key: SessionKey; issuer: string; audience: string; ttlSeconds: number };

export const createSessions = ({ key, issuer, audience, ttlSeconds }: SessionSettings): Sessions => ({
  issue: (user) => {
    const exp = Math.floor(Date.now() / 1000) + ttlSeconds;
    const token = jwt.sign({ name: user.name, exp }, key.privateKey, { algorithm: ALGORITHM, subject: user.id, issuer, audience });
    return { token, expiresAt: exp * 1000 };
  },
  verify: (token) => {
    let payload: unknown;
    try {
      payload = jwt.verify(token, key.publicKey, { algorithms: [ALGORITHM], issuer, audience });
    } catch (error) {
      throw new ProtocolError('unauthenticated', error instanceof jwt.TokenExpiredError ? 'the token has expired' : undefined, { cause: error });
    }
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw new ProtocolError('unauthenticated');
    return { user: { id: claims.data.sub, name: claims.data.name }, expiresAt: claims.data.exp * 1000 };
  },
});
