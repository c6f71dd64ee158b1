/** What is limited, each by a token bucket per key: of a user, of a room, of a network address. */
export type LimitName =
  | 'user_sends' | 'user_reads' | 'user_joins' | 'user_signals' | 'user_reports'
  | 'room_changes'
  | 'address_sign_ins' | 'address_connections';

/** A bucket holds at most `burst` tokens and gets back `perSecond`. */
export type Limit = { perSecond: number; burst: number; /** Each process has its own buckets, always: what is done often and weighs little. */ unshared?: true };
export type Limits = Readonly<Record<LimitName, Limit>>;

export type Take = {
  limit: LimitName;
  /** Whose bucket. */
  key: string;
  /** Tokens, a whole number from 1, by default 1. More than the burst counts as the burst: it needs a full bucket. */
  cost?: number;
};

/** `limit`: the one that refused; of several, the one to wait longest for. `retryAfterMs`: when that bucket will have enough, if nobody else takes from it. */
export type RateDecision = { ok: true } | { ok: false; limit: LimitName; retryAfterMs: number };

/** Token buckets by limit and key; each starts full. */
export interface RateLimiter {
  /**
   * Takes from every bucket named, or from none of them. The buckets of one call differ. Never rejects, and never waits long:
   * where buckets are shared and what they are shared through is away, those of this process decide, full at first.
   *
   * In any `t` seconds a bucket gives at most `burst + perSecond × t`. A shared one may have lent each process
   * {@link LEASE_SECONDS} of its rate, which comes on top where it was left unused for a while.
   *
   * Bounded: forgets the buckets longest unused, which are full by then, or nearly.
   */
  take(takes: readonly Take[]): Promise<RateDecision> | RateDecision;
}

/** Of a shared bucket's rate, what a process takes in advance, so that it need not ask for each token. Slow buckets lend nothing. */
export const LEASE_SECONDS = 0.1;
