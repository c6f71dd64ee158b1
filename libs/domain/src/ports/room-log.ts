import type { EventId, RoomEvent, RoomId } from '@parley/protocol';
import type { Shard } from '../room-id.ts';

/** One room's log of one epoch. */
export type RoomRef = { roomId: RoomId; epoch: number };

/**
 * Where an entry stands in the log: a positive integer, rising along a room's log but not dense (a JetStream stream
 * sequence, or the last `seq` of the entry in Postgres). Means something only together with the log's `id`. 0: before the first.
 */
export type Position = number;

/** One append: 1..n events, stored and read as a whole. */
export type NewEntry = {
  /** Ascending and dense; not empty. */
  events: readonly RoomEvent[];
  /** The id of the event before `events[0]`; `null` only before `seq` 1. Makes a fork visible. */
  prevId: EventId | null;
};
export type LogEntry = NewEntry & { position: Position };

export type LogPage = {
  entries: LogEntry[];
  /** False if there is more to read: go on inclusively from the last entry. */
  atEnd: boolean;
};

/** The last entry of a room, told without its events. */
export type Head = { roomId: RoomId; epoch: number; firstSeq: number; seq: number; position: Position };

export type Unwatch = () => void;

/** One entry delivered to a named consumer. Exactly one of the three settles it. */
export type Delivery = {
  entry: LogEntry;
  ref: RoomRef;
  /** 1 for the first delivery. */
  attempt: number;
  /** Done: never delivered to this consumer again. Resolves once the log was told (a lost one means a redelivery). */
  ack(): Promise<void>;
  /** Deliver again after `delayMs`. */
  retry(delayMs: number): Promise<void>;
};
/** An entry that cannot be decoded is delivered as this. */
export type Undecodable = { entry: null; raw: string; position: Position; subject: string; attempt: number; reason: string; ack(): Promise<void> };

export interface LogConsumer {
  /**
   * Up to `max` deliveries; waits up to `waitMs` for the first and then returns what is there (maybe nothing).
   * The first deliveries of a room's entries come in order. What was delivered and not settled within the consumer's
   * ack wait comes again, also after a crash, and to whichever process fetches. Throws `unavailable`.
   */
  fetch(max: number, waitMs: number): Promise<(Delivery | Undecodable)[]>;
  close(): Promise<void>;
}

export type ConsumerOptions = {
  /** Durable: a consumer of the same name goes on where the last one stopped. `[a-z0-9-]+`. */
  name: string;
  shard: Shard;
  /** An unsettled delivery comes again after this. Default 30 000. */
  ackWaitMs?: number;
  /** Unsettled deliveries at once. Default 2 000. */
  maxUnsettled?: number;
};

/**
 * The logs of all rooms: what decides. Two adapters pass one contract suite (`libs/testkit/src/contracts/room-log.ts`).
 *
 * - **Atomic**: an entry is stored whole or not at all.
 * - **Compare-and-set**: of several appends with one `expected`, at most one is stored, over any number of processes.
 * - **Linearizable**: a read sees every append that was answered before the read began.
 * - **Durable**: what an answered append survives is the table in docs/operations.md.
 */
export interface RoomLog {
  /**
   * The identity of what is behind: another stream, or one created anew, has another id, and positions of the one mean
   * nothing in the other. Valid after `connect`; may change when a connection comes back.
   */
  readonly id: string;

  /**
   * Stores `entry` if the last entry of `ref` is at `expected` (0: if `ref` never had one). Answers its position.
   * Retries nothing. Throws {@link RoomLogError}:
   * `conflict` (certainly not stored: the last entry is another), `full` or `too_large` (certainly not stored),
   * `unavailable` (certainly not stored: it never left), `unknown_outcome` (anything else: it may be stored, now or later).
   */
  append(ref: RoomRef, entry: NewEntry, expected: Position): Promise<Position>;

  /**
   * The entries of `ref` from `from` *inclusive*, ascending, at most `limit` (default 500). If the first is not at `from`
   * (and `from` is not 0), the entry there is gone: the log was trimmed or is another. Throws `unavailable`, `corrupt_entry`.
   */
  read(ref: RoomRef, from: Position, limit?: number): Promise<LogPage>;

  /**
   * Lets go of the entries of `ref` strictly below `below`. The entry at `below` must exist and stays, so that a log
   * once written never looks like one that never was. May keep more than asked. What a consumer has yet to settle is kept for
   * it (up to a bound), but for that of `consumer`, who asks. Answers below what it is done: `below`, or less. Idempotent. Throws `unavailable`.
   */
  purge(ref: RoomRef, below: Position, consumer?: string): Promise<Position>;

  /**
   * Tells the heads of a room, of whichever epoch, as they are stored. Once the promise is resolved, each append stored
   * from then on is told, once, while `headsLive`; nothing is told of what was missed meanwhile, and nothing of before. In order per room.
   */
  watchHeads(roomId: RoomId, listener: (head: Head) => void): Promise<Unwatch>;

  /** Whether heads can be trusted to arrive at present. */
  readonly headsLive: boolean;
  /** Called at each change of `headsLive`. */
  onHeadsLive(listener: (live: boolean) => void): Unwatch;

  /** A durable consumer of one shard, all its rooms and epochs, from the oldest entry kept. */
  consumer(options: ConsumerOptions): Promise<LogConsumer>;

  /** Waits for appends under way, then lets go of the connection. */
  close(): Promise<void>;
}

export type RoomLogErrorCode = 'conflict' | 'unknown_outcome' | 'full' | 'too_large' | 'unavailable' | 'corrupt_entry' | 'unsupported_server';

export class RoomLogError extends Error {
  override readonly name = 'RoomLogError';
  readonly code: RoomLogErrorCode;

  constructor(code: RoomLogErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
