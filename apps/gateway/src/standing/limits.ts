export type StandingLimits = { bans: number; revocations: number; ownRevocations: number };

/**
 * Bounds of what a gateway keeps in its memory of acts on the server, 250 bytes a ban and 600 a user
 * with a revocation: 180 MB if all of it is used up. One act more is refused `limit_reached`, but of
 * operators at their terminal; and admins still end sessions when users have used these up.
 */
export const STANDING_LIMITS: StandingLimits = {
  /** Bans of the whole server. */
  bans: 100_000,
  /** Revocations, of all users together. */
  revocations: 250_000,
  /** Revocations that one user made of its own sessions. To end `all` of them replaces the others. */
  ownRevocations: 50,
};

/** How acts are followed. Times in milliseconds. */
export type FollowTimes = {
  /** Between two looks for new acts, whether a hint came or not. */
  pollMs: number;
  /** Between two looks whether the store still has what was read: it may have been restored from a backup. */
  reviewMs: number;
};

export const DEFAULT_FOLLOW_TIMES: FollowTimes = { pollMs: 500, reviewMs: 60_000 };

/** Users looked at in one look for what is over: a millisecond or so. */
export const SWEPT_AT_ONCE = 5_000;

/** Acts in one answer; it is also bounded in bytes. */
export const ACTS_PAGE = 500;

/** Above any token's lifetime that `SESSION_TTL` allows: how long a revocation is kept where the lifetime is not known. */
export const LONGEST_SESSION_MS = 366 * 86_400_000;
/** A token that was made while the revocation was on its way. */
export const UNTIL_SLACK_MS = 86_400_000;
