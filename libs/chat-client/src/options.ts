import type { UserView } from '@parley/protocol';
import type { OutboxStorage } from './outbox-storage.ts';

/** Who the client is. What {@link signIn} answers is one. */
export type Session = { token: string; user: UserView; /** Milliseconds since 1970. */ expiresAt?: number };

/** All in milliseconds. */
export type Timings = {
  /** From opening a connection until the server has accepted it. */
  connectMs: number;
  /** From sending a request until its answer. */
  answerMs: number;
  /** First pause before connecting again; it doubles up to `reconnectMaxMs`. */
  reconnectMinMs: number;
  reconnectMaxMs: number;
  /** A connection that held this long counts as a good one: the pauses begin anew. */
  stableMs: number;
  /** A gap is given this long to fill by itself, plus up to as much again by chance, before it is asked for. */
  gapMs: number;
  /** First pause before a refused or unanswered request is sent again; it doubles up to `retryMaxMs`. */
  retryMinMs: number;
  retryMaxMs: number;
  /** How long `createRoom`, `leave`, `addMember` and the like try before they give up. */
  changeMs: number;
  /** What all members of a room hear at the same moment and answer by a request, they spread over this time by chance. */
  spreadMs: number;
};

export const DEFAULT_TIMINGS: Timings = {
  connectMs: 10_000,
  answerMs: 10_000,
  reconnectMinMs: 500,
  reconnectMaxMs: 15_000,
  stableMs: 5_000,
  gapMs: 100,
  retryMinMs: 250,
  retryMaxMs: 10_000,
  changeMs: 30_000,
  spreadMs: 1_000,
};

export type ClientOptions = {
  /** Origin of the server, e.g. `https://chat.example.org`. */
  url: string;
  session: Session;
  /** Where unsent messages are kept; see {@link OutboxStorage}. Default: in memory, so they are lost with the process. */
  storage?: OutboxStorage;
  /** Default: websocket, then polling. */
  transports?: readonly ('websocket' | 'polling')[];
  timings?: Partial<Timings>;
  /** Unresolved messages in the outbox, failed ones included. Beyond it, sending throws `outbox_full`. Default 1 000. */
  outboxLimit?: number;
  /**
   * Messages kept per room for `room.messages`; the oldest go when newer come. 0 keeps none and reads no history: for
   * bots and load tests, which live on `events`. Default 5 000.
   */
  keepMessages?: number;
  /** Messages in one page of history. Default 50. */
  historyPage?: number;
  /** Check every incoming event against its full schema rather than only the fields that order it. Default false. */
  validate?: boolean;
  /** Uniform in [0, 1); for jitter. Default `Math.random`. */
  random?: () => number;
};
