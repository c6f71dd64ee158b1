import type { RoomLog, RoomRef } from '@parley/domain';

/** A running server under one log. */
export type RoomLogRig = {
  /** A separate connection each call; the suite closes them. */
  open: () => Promise<RoomLog>;
  /** kill -9 of everything, so that the log is away; and started again on its data, resolving once it accepts connections. */
  kill?: () => Promise<void>;
  restart?: () => Promise<void>;
  /** For the cases that need not see it away, instead of those: of a replicated log, kill -9 of the node that matters most. */
  killAndRestart?: () => Promise<void>;
  /** Stores something that is no entry at the end of a log, past the adapter. */
  corrupt?: (ref: RoomRef) => Promise<void>;
  stop: () => Promise<void>;
};

export type RoomLogHarness = {
  start(): Promise<RoomLogRig>;
  /** With a log that is `full` at about so many bytes. */
  startSmall?(maxBytes: number): Promise<RoomLogRig>;
  /** An entry of so many bytes of text is `too_large`. Absent: no test of it. */
  tooLargeBytes?: number;
};

export type Capability = 'kill' | 'away' | 'corrupt' | 'small' | 'tooLarge';

/** One guarantee. Stands apart from the test runner, so that a test can show that a broken log fails it. */
export type RoomLogCase = {
  name: string;
  needs?: Capability;
  timeoutMs?: number;
  run(bench: CaseBench): Promise<void>;
};

export type CaseBench = {
  rig: RoomLogRig;
  /** Opens a connection that is closed after the case. */
  open: () => Promise<RoomLog>;
  harness: RoomLogHarness;
};

export const missingCapability = (harness: RoomLogHarness, rig: RoomLogRig | undefined, needs: Capability | undefined): string | null => {
  if (needs === 'kill' && !(rig?.kill && rig.restart) && !rig?.killAndRestart) return 'this log has no server to kill';
  if (needs === 'away' && !(rig?.kill && rig.restart)) return 'this log is never away as a whole';
  if (needs === 'corrupt' && !rig?.corrupt) return 'nothing can be stored past this adapter';
  if (needs === 'small' && !harness.startSmall) return 'this log has no bound of its own';
  if (needs === 'tooLarge' && harness.tooLargeBytes === undefined) return 'this log takes entries of any size';
  return null;
};

/** Runs one case on a rig and closes what it opened. */
export const runCase = async (each: RoomLogCase, rig: RoomLogRig, harness: RoomLogHarness): Promise<void> => {
  const opened: RoomLog[] = [];
  const open = async (): Promise<RoomLog> => {
    const log = await rig.open();
    opened.push(log);
    return log;
  };
  try {
    await each.run({ rig, open, harness });
  } finally {
    await Promise.allSettled(opened.map((log) => log.close()));
  }
};
