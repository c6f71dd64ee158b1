/** Bounds and timings of a worker. Times in milliseconds. */
export type ModerationLimits = {
  /** Deliveries of one fetch. */
  batchEntries: number;
  /** Deliveries of one shard in hand at once; nothing more is fetched meanwhile. */
  inHand: number;
  /** Of one shard, over all workers: beyond that the log delivers nothing more until something is settled. */
  maxUnsettled: number;
  /** How long a fetch waits for the first delivery; a stop waits as long. */
  fetchWaitMs: number;
  /** What was delivered and not settled comes again after this: so long after a kill -9 at most is it taken up again. */
  ackWaitMs: number;
  /** A delivery that fails this often, all that is needed being there, becomes a dead letter. */
  maxAttempts: number;
  /** Before a delivery comes again, doubling from the first to the last. */
  retryMs: { first: number; last: number };
  /** While the log is away: from the first to the last, doubling. */
  backoffMs: { first: number; last: number };
  /** How long what is known against a user is good for, and of how many it is kept. */
  record: { ttlMs: number; users: number; timeoutMs: number };
  /** What is alike is put into the queue once so often for each user. */
  similarReportMs: number;
  /** How soon a change of the rules is seen at the latest. */
  rulesMs: number;
  /** Rooms folded in memory to append to. */
  rooms: number;
};

export const DEFAULT_LIMITS: ModerationLimits = {
  batchEntries: 128,
  inHand: 256,
  maxUnsettled: 2_000,
  fetchWaitMs: 1_000,
  ackWaitMs: 10_000,
  maxAttempts: 5,
  retryMs: { first: 500, last: 15_000 },
  backoffMs: { first: 100, last: 5_000 },
  record: { ttlMs: 60_000, users: 10_000, timeoutMs: 300 },
  similarReportMs: 60_000,
  rulesMs: 500,
  rooms: 1_000,
};
