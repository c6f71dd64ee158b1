/** As `sysexits.h` has them, where it has one. */
export const EXIT = {
  ok: 0,
  /** Done, and the answer is not a good one: findings, a node that did not leave, a letter that failed again, a node that did not answer. */
  findings: 1,
  /** Of `verify`: something could not be checked, so nothing is said of it. */
  unchecked: 2,
  usage: 64,
  /** No such node, room or letter. */
  notFound: 66,
  /** NATS or Postgres cannot be reached. */
  unavailable: 69,
  defect: 70,
  /** It may work in a moment. */
  tryLater: 75,
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with one line for people. */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
