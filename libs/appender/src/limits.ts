/** Bounds of the write path of one gateway. Bytes are of UTF-8 JSON, times are milliseconds. */
export type AppenderLimits = {
  /** Commands taken into one append. */
  batchCommands: number;
  /** Bytes of events in one append, the first command's apart. With the envelope round them it has to stay below NATS's `max_payload` of 1 MiB. */
  batchBytes: number;
  /** Commands waiting for one room; one more is answered `busy`. */
  roomQueue: number;
  /** Commands waiting for all rooms together; one more is answered `busy`. */
  totalQueue: number;
  /** A command not settled within this is answered `busy` or `unavailable`, before its next pass. */
  settleWithinMs: number;
  /** Passes a command goes through before it is answered `busy` or `unavailable`. */
  passes: number;
  /** First and highest pause between passes after a failure; jittered from 0. */
  backoffMs: number;
  backoffCapMs: number;
  /** An append that takes so long is to a log far away. */
  farMs: number;
  /** So many of them in a row, and the room is left to other gateways for three times as long as the last one took, at most `turnCapMs`. */
  turnAppends: number;
  turnCapMs: number;
  /** Rooms kept folded; the one longest unused is let go. */
  rooms: number;
  /** Bytes of recent events kept over all rooms. */
  tailTotalBytes: number;
  /** Recent events kept per room, to answer from memory what is beyond a watermark. */
  tailEvents: number;
  tailBytes: number;
  /** Events above `winStart` after which the watermark is asked for again. */
  windowSoft: number;
  /** Events above `winStart` after which the room is refused until the watermark has moved. */
  windowHard: number;
  /** Member and message rows remembered per room beside those the window needs. */
  rows: number;
  /** Entries per read of the log. */
  readEntries: number;
};

export const DEFAULT_APPENDER_LIMITS: AppenderLimits = {
  batchCommands: 128,
  batchBytes: 256 * 1024,
  roomQueue: 1024,
  totalQueue: 20_000,
  settleWithinMs: 8_000,
  passes: 24,
  backoffMs: 4,
  backoffCapMs: 500,
  farMs: 100,
  turnAppends: 2,
  turnCapMs: 2_000,
  rooms: 5_000,
  tailTotalBytes: 128 * 1024 * 1024,
  tailEvents: 1_000,
  tailBytes: 1024 * 1024,
  windowSoft: 4_096,
  windowHard: 65_536,
  rows: 4_096,
  readEntries: 500,
};
