import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import { deviceIdSchema, LIMITS, nameSchema, ProtocolError, sessionIdSchema, type DeviceId, type SessionId } from '@parley/protocol';
import type { IssuerSettings, Logger } from '@parley/runtime';
import { LONGEST_SESSION_MS } from '../standing/limits.ts';
import { foreignUserId } from './foreign-user-id.ts';
import { createIssuerKeys, type IssuerKeysTimes } from './issuer-keys.ts';
import type { Session } from './session.ts';

/** By how much an issuer's clock may differ. */
const CLOCK_SECONDS = 5;

const claimsSchema = z.object({
  sub: z.string().min(1).max(255).refine((text) => text.isWellFormed()),
  exp: z.number().positive(),
  iat: z.number().nonnegative(),
  auth_time: z.number().nonnegative().optional(),
  sid: z.string().min(1).optional(),
  jti: z.string().min(1).optional(),
});

const nameOf = (claim: unknown): string => {
  // Names of elsewhere may be longer than ours, or hold what ours may not.
  const cleaned = typeof claim === 'string' ? claim.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029\uFFFD]/gu, ' ').trim().slice(0, LIMITS.userNameLength).toWellFormed().replaceAll('\uFFFD', '') : '';
  const name = nameSchema(LIMITS.userNameLength).safeParse(cleaned);
  if (!name.success) throw new ProtocolError('unauthenticated', 'the token has no name');
  return name.data;
};

/** The issuer's own name of the session, where it is one of ours; else one made of it. */
const sessionIdOf = (told: string): SessionId => {
  const asTold = sessionIdSchema.safeParse(told);
  return asTold.success ? asTold.data : sessionIdSchema.parse(`h:${createHash('sha256').update(told).digest('base64url')}`);
};

const deviceOf = (claim: unknown): DeviceId | null => deviceIdSchema.safeParse(claim).data ?? null;

export type ForeignSessions = { readonly iss: string; verify(token: string): Promise<Session> };
export type ForeignSessionsOptions = { issuer: IssuerSettings; logger: Logger; times?: Partial<IssuerKeysTimes> | undefined };

/** Verifies tokens of one issuer: its `iss`, its audience, its algorithms and its keys, and nothing that a token says about these itself. */
export const createForeignSessions = ({ issuer, logger, times = {} }: ForeignSessionsOptions): ForeignSessions => {
  const { iss, jwksUrl, audience, algorithms, claims: mapping } = issuer;
  const keys = createIssuerKeys({ jwksUrl, times, onAway: (error) => logger.warn({ err: error, iss }, 'an issuer cannot be asked for its keys') });
  const checked = async (token: string): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: iss, audience, algorithms, clockTolerance: CLOCK_SECONDS, requiredClaims: ['exp', 'iat', 'iss', 'aud', 'sub'] });
      return payload;
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError('unauthenticated', error instanceof errors.JWTExpired ? 'the token has expired' : undefined, { cause: error });
    }
  };
  return {
    iss,
    verify: async (token) => {
      const payload = await checked(token);
      const parsed = claimsSchema.safeParse(payload);
      if (!parsed.success) throw new ProtocolError('unauthenticated');
      const { sub, exp, iat, auth_time: authTime, sid, jti } = parsed.data;
      const expiresAt = Math.min(Math.floor(exp * 1000), Math.floor(iat * 1000) + LONGEST_SESSION_MS);
      if (expiresAt <= Date.now()) throw new ProtocolError('unauthenticated', 'the token has expired');
      return {
        id: sessionIdOf(sid ?? jti ?? token),
        deviceId: mapping.device === undefined ? null : deviceOf(payload[mapping.device]),
        user: { id: foreignUserId(iss, sub), name: nameOf(payload[mapping.name]) },
        issuedAt: Math.floor((authTime ?? iat) * 1000),
        expiresAt,
        issuer: iss,
        keyId: null,
      };
    },
  };
};
