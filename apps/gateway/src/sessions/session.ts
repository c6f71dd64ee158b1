import type { DeviceId, SessionId } from '@parley/protocol';
import type { Actor } from '@parley/domain';
import type { PublicJwk } from './key-set.ts';

/** One sign-in, as a good token tells of it. Times are milliseconds since 1970. */
export type Session = {
  /** The same through refreshes. Unique among those of its user. */
  id: SessionId;
  deviceId: DeviceId | null;
  user: Actor;
  /** When the user signed in: a refresh does not change it, so that who revokes what was before a moment revokes this too. 0: the token does not tell. */
  issuedAt: number;
  /** A token that is meant to be good for longer than a year is not: nobody keeps in mind for longer that it was revoked. */
  expiresAt: number;
  /** Who has vouched for the user. `null`: this server itself. */
  issuer: string | null;
  /** Which key of this server its token is good by. `null`: it is of another issuer. */
  keyId: string | null;
};

export type FreshToken = { token: string; expiresAt: number };

export interface Sessions {
  /** A new session of `user`, good from now on. */
  issue(user: Actor, deviceId?: DeviceId): FreshToken;
  /** The same session, for as long again. */
  refresh(session: Session): FreshToken;
  /** Throws `unauthenticated` for any token but a good one, `unavailable` if that cannot be told now. */
  verify(token: string): Promise<Session>;
  /** Whether the key of the session's token is still one of this server's, or was never. */
  stands(session: Session): boolean;
  /** What tokens of this server are verified with, as a JWKS. */
  publicKeys(): { keys: PublicJwk[] };
}
