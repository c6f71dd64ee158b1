import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { decodeTime, ulid } from 'ulid';
import { z } from 'zod';
import { deviceIdSchema, LIMITS, nameSchema, ProtocolError, sessionIdSchema, userIdSchema, type DeviceId, type SessionId } from '@parley/protocol';
import type { Actor } from '@parley/domain';
import { LONGEST_SESSION_MS } from '../standing/limits.ts';
import type { FreshToken, Session } from './session.ts';
import type { SessionKey } from './key-set.ts';
import type { SessionKeys } from './session-keys.ts';

const ALGORITHM = 'ES256';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
// `exp` is checked here: the library demands it of nobody, it only honours it.
const claimsSchema = z.object({
  sub: userIdSchema,
  name: nameSchema(LIMITS.userNameLength),
  exp: z.number().int().positive(),
  iat: z.number().int().nonnegative().optional(),
  /** Absent in what was signed before there were any, and by others who have the key. */
  sid: sessionIdSchema.optional(),
  dev: deviceIdSchema.optional(),
});
/** `crit` names what must be understood to take the token, and there is nothing such that we do. */
const headerSchema = z.object({ alg: z.literal(ALGORITHM), kid: z.string().max(256).optional(), crit: z.undefined().optional() });

/** Milliseconds since 1970. Our session ids have the moment in them; `iat` is of the token, and later with each refresh. */
const beganAt = (sid: SessionId | undefined, iat = 0): number => (sid !== undefined && ULID.test(sid) ? decodeTime(sid) : iat * 1000);

export type OwnSessionsOptions = { keys: SessionKeys; issuer: string; audience: string; ttlSeconds: number };

/** The tokens that this server makes, signed by the first of its keys and verified by all. */
export const createOwnSessions = ({ keys, issuer, audience, ttlSeconds }: OwnSessionsOptions) => {
  const sign = (user: Actor, sid: SessionId, dev: DeviceId | null): FreshToken => {
    const { kid, privateKey } = keys.current.signing;
    const exp = Math.floor(Date.now() / 1000) + ttlSeconds;
    const claims = { name: user.name, sid, ...(dev === null ? {} : { dev }), exp };
    const token = jwt.sign(claims, privateKey, { algorithm: ALGORITHM, keyid: kid, subject: user.id, issuer, audience });
    return { token, expiresAt: exp * 1000 };
  };
  /** A `kid` picks among the keys at hand, and does nothing else. */
  const candidates = (kid: string | undefined): SessionKey[] => keys.current.keys.filter((key) => kid === undefined || key.kid === kid);
  const verified = (token: string): { payload: unknown; keyId: string } => {
    const header = headerSchema.safeParse(jwt.decode(token, { complete: true })?.header);
    let cause: unknown;
    for (const { kid: keyId, publicKey } of header.success ? candidates(header.data.kid) : []) {
      try {
        return { payload: jwt.verify(token, publicKey, { algorithms: [ALGORITHM], issuer, audience }), keyId };
      } catch (error) {
        if (error instanceof jwt.TokenExpiredError) throw new ProtocolError('unauthenticated', 'the token has expired', { cause: error });
        cause = error;
      }
    }
    throw new ProtocolError('unauthenticated', undefined, { cause });
  };
  return {
    stands: ({ keyId }: Session): boolean => keyId === null || keys.current.keys.some(({ kid }) => kid === keyId),
    issue: (user: Actor, deviceId?: DeviceId): FreshToken => sign(user, sessionIdSchema.parse(ulid()), deviceId ?? null),
    refresh: ({ user, id, deviceId }: Session): FreshToken => sign(user, id, deviceId),
    verify: (token: string): Session => {
      const { payload, keyId } = verified(token);
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) throw new ProtocolError('unauthenticated');
      const { sub, name, exp, iat, sid, dev = null } = claims.data;
      const expiresAt = Math.min(exp * 1000, (iat === undefined ? Date.now() : iat * 1000) + LONGEST_SESSION_MS);
      if (expiresAt <= Date.now()) throw new ProtocolError('unauthenticated', 'the token has expired');
      return {
        id: sid ?? sessionIdSchema.parse(`h:${createHash('sha256').update(token).digest('base64url')}`),
        deviceId: dev, user: { id: sub, name }, issuedAt: beganAt(sid, iat), expiresAt, issuer: null, keyId,
      };
    },
  };
};
