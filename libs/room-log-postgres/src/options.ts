import type { DatabaseHandle } from '@parley/postgres';

export type PostgresRoomLogOptions = {
  /** Migrated. Reads and the consumers' cursors use its pool; appends have a session of their own. Stays the caller's to close. */
  database: DatabaseHandle;
  /**
   * `exclusive`: the only log on this database, as a standalone is; heads are told within the process. `shared`: several at
   * once, to which the database tells heads by NOTIFY, at some cost to every commit. Default `exclusive`.
   */
  mode?: 'exclusive' | 'shared';
  /** How long `open` waits for another holder of the database to go; one just killed takes a moment. Default 10 000. */
  waitForHomeMs?: number;
  /** An append not stored by then is given up by the server; 2 s later by this side, which then does not know. Default 5 000. */
  appendTimeoutMs?: number;
  /** How often an idle session is tried, to notice a server that is gone without a word. Default 5 000. */
  probeMs?: number;
  /** Between two looks for entries that consumers were not told of. Default 30 000. */
  pollMs?: number;
  /** Larger entries are `too_large`. Default 1 000 000, as a NATS server's `max_payload` is about. */
  maxEntryBytes?: number;
  /** Told of what went wrong behind the scenes and is being repaired. Default: nobody. */
  onError?: (error: unknown) => void;
};

/** Appends of one statement. */
export const FLUSH_ENTRIES = 256;
export const FLUSH_BYTES = 2 * 1024 * 1024;
/** Appends that wait for their statement. Beyond: `unavailable`. */
export const QUEUE_ENTRIES = 10_000;
export const QUEUE_BYTES = 64 * 1024 * 1024;
/** Bytes of one page read, by their size in the table. */
export const PAGE_BYTES = 4 * 1024 * 1024;
export const PAGE_ENTRIES = 500;
/** Above the server's own timeout, for it to say so. */
export const ANSWER_GRACE_MS = 2_000;
