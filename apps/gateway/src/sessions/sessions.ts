import { decodeJwt } from 'jose';
import { ProtocolError } from '@parley/protocol';
import type { IssuerSettings, Logger } from '@parley/runtime';
import { createForeignSessions } from './foreign-sessions.ts';
import type { IssuerKeysTimes } from './issuer-keys.ts';
import { createOwnSessions, type OwnSessionsOptions } from './own-sessions.ts';
import type { Sessions } from './session.ts';

export type { Session, Sessions } from './session.ts';

export type SessionSettings = OwnSessionsOptions & {
  /** Who else may vouch for users. */
  issuers?: readonly IssuerSettings[];
  issuerTimes?: Partial<IssuerKeysTimes>;
  logger: Logger;
};

/** Whom a token says it is from: it only picks who verifies it. */
const saidIssuer = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    throw new ProtocolError('unauthenticated', undefined, { cause: error });
  }
};

export class IssuerClash extends Error {
  override readonly name = 'IssuerClash';
}

export const createSessions = ({ issuers = [], issuerTimes, logger, ...settings }: SessionSettings): Sessions => {
  if (issuers.some(({ iss }) => iss === settings.issuer)) throw new IssuerClash('ISSUERS has an issuer that is called as SESSION_ISSUER is');
  const own = createOwnSessions(settings);
  const foreign = new Map(issuers.map((issuer) => [issuer.iss, createForeignSessions({ issuer, logger, times: issuerTimes })]));
  return {
    issue: own.issue,
    refresh: own.refresh,
    stands: own.stands,
    verify: async (token) => {
      const iss = saidIssuer(token);
      const other = iss === undefined ? undefined : foreign.get(iss);
      return other ? other.verify(token) : own.verify(token);
    },
    publicKeys: () => ({ keys: settings.keys.current.keys.map(({ jwk }) => jwk) }),
  };
};
