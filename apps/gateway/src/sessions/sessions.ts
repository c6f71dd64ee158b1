import jwt from 'jsonwebtoken';
import { decodeTime, ulid } from 'ulid';
import { z } from 'zod';
import { deviceIdSchema, LIMITS, nameSchema, ProtocolError, sessionIdSchema, userIdSchema, type DeviceId, type SessionId } from '@parley/protocol';
import type { Actor } from '@parley/domain';
import type { FreshToken, Session, Sessions } from './session.ts';
import type { SessionKey } from './session-key.ts';

export type { Session, Sessions } from './session.ts';

const ALGORITHM = 'ES256';
// `exp` is checked here: the library demands it of nobody, it only honours it.
const claimsSchema = z.object({
  sub: userIdSchema,
  name: nameSchema(LIMITS.userNameLength),
  exp: z.number().int().positive(),
  sid: sessionIdSchema.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
  dev: deviceIdSchema.optional(),
});

export type SessionSettings = { key: SessionKey; issuer: string; audience: string; ttlSeconds: number };

export const createSessions = ({ key, issuer, audience, ttlSeconds }: SessionSettings): Sessions => {
  const sign = (user: Actor, sid: SessionId, dev: DeviceId | null): FreshToken => {
    const exp = Math.floor(Date.now() / 1000) + ttlSeconds;
    const token = jwt.sign({ name: user.name, sid, ...(dev === null ? {} : { dev }), exp }, key.privateKey, { algorithm: ALGORITHM, subject: user.id, issuer, audience });
    return { token, expiresAt: exp * 1000 };
  };
  return {
    issue: (user, deviceId) => sign(user, sessionIdSchema.parse(ulid()), deviceId ?? null),
    refresh: ({ user, id, deviceId }) => sign(user, id, deviceId),
    verify: async (token): Promise<Session> => {
      let payload: unknown;
      try {
        payload = jwt.verify(token, key.publicKey, { algorithms: [ALGORITHM], issuer, audience });
      } catch (error) {
        throw new ProtocolError('unauthenticated', error instanceof jwt.TokenExpiredError ? 'the token has expired' : undefined, { cause: error });
      }
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) throw new ProtocolError('unauthenticated');
      const { sub, name, exp, sid, dev = null } = claims.data;
      // The id has the time to the millisecond; `iat` is of the token, not of the session.
      return { id: sid, deviceId: dev, user: { id: sub, name }, issuedAt: decodeTime(sid), expiresAt: exp * 1000, issuer: null };
    },
  };
};
