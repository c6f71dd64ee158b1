/** Something a consumer gave up on. */
export type DeadLetter = {
  /** Same id, same letter: putting it twice keeps one. */
  id: string;
  consumer: string;
  /** Where it came from: a subject, or room and sequence. */
  source: string;
  reason: string;
  /** What was to be handled, as it came. */
  payload: string;
  /** Milliseconds since 1970. */
  at: number;
};

/** Where consumers leave what they gave up on, for an operator to list and replay. */
export interface DeadLetters {
  /** Resolves once it is durable. */
  put(letter: DeadLetter): Promise<void>;
  /** Oldest first. */
  list(limit: number): Promise<DeadLetter[]>;
  remove(id: string): Promise<void>;
}
