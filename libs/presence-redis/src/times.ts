/** Milliseconds. */
export type PresenceTimes = {
  /** How long a process counts as alive after its lease was renewed. */
  lease: number;
  /** Between two renewals, each of which also tells who else is alive. */
  renewEvery: number;
  /** Between two writes of what has changed. */
  writeEvery: number;
  /** Between two comparisons of what is known of a watched room with what Redis holds: a lost message is made good by it. */
  verifyEvery: number;
  /** A command that is not answered for so long has failed. */
  answerWithin: number;
  /** A connection on which nothing has come for so long after a command is given up for another. */
  silent: number;
  /** After Redis was away or empty: who is not seen there is not taken for gone yet, until all have had the time to come back. */
  settle: number;
  /** With Redis away for so long, nothing is said any more of users of other processes. */
  unknownAfter: number;
  /** How long a watch waits for its first reading. */
  firstReading: number;
  /** Keys nobody touches are gone after this. */
  keep: number;
  /** Who has claimed to clear up after a dead process has so long before another tries. */
  claim: number;
};

export const DEFAULT_PRESENCE_TIMES: PresenceTimes = {
  lease: 5_000,
  renewEvery: 1_000,
  writeEvery: 500,
  verifyEvery: 5_000,
  answerWithin: 1_000,
  silent: 5_000,
  settle: 6_000,
  unknownAfter: 10_000,
  firstReading: 1_500,
  keep: 3_600_000,
  claim: 30_000,
};

/**
 * How long users of a process that was killed count as there at another: its lease, which it renewed at latest as it was killed; the time
 * to the other's next renewal; that renewal's answer. With the defaults 7 s; a gateway tells its sockets within 1 s after.
 */
export const staleMsOf = ({ lease, renewEvery, answerWithin }: PresenceTimes): number => lease + renewEvery + answerWithin;
