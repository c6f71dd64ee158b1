/** Of the room logs. */
export const CONSUMER = 'persistence';

/** Bounds and timings of a worker. Times in milliseconds. */
export type PersistenceLimits = {
  /** Deliveries of one shard in one batch, and in hand at once. */
  batchEntries: number;
  /** How long a fetch waits for the first delivery; a stop waits as long. */
  fetchWaitMs: number;
  /** What was delivered and not settled comes again after this. */
  ackWaitMs: number;
  /** Entries of several shards in one transaction. */
  commitEntries: number;
  /** Entries of one read of the log. */
  readEntries: number;
  /** A delivery whose entry fails this often, Postgres and log being there, becomes a dead letter and its room is halted. */
  maxAttempts: number;
  retryMs: number;
  /** While Postgres or the log is away: from the first to the last, doubling. */
  backoffMs: { first: number; last: number };
  /** Between two looks at who owns which shard. */
  rebalanceMs: number;
  /** Between two looks for rooms that an operator let go on, and for what may be trimmed. */
  sweepMs: number;
  /** A room's log is trimmed once so many entries were taken in since, or so long after the first of them. */
  trim: { entries: number; afterMs: number; roomsAtOnce: number };
  /** Rooms of each shard whose log is compared with its watermark when the shard is claimed or the log comes back. */
  auditRooms: number;
};

export const DEFAULT_LIMITS: PersistenceLimits = {
  batchEntries: 256,
  fetchWaitMs: 1_000,
  ackWaitMs: 10_000,
  commitEntries: 1_024,
  readEntries: 500,
  maxAttempts: 5,
  retryMs: 1_000,
  backoffMs: { first: 100, last: 5_000 },
  rebalanceMs: 1_000,
  sweepMs: 5_000,
  trim: { entries: 500, afterMs: 30_000, roomsAtOnce: 100 },
  auditRooms: 50,
};
